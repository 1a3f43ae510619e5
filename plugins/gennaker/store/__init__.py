"""The tables of managed mode: pipelines, their revisions, and what was published when. Server side only."""
