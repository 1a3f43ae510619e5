"""HTTP from workers: to our own API server (`internal`) and to what pipelines name (`outbound`)."""
