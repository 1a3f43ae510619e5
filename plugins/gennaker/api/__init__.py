"""The web application at ``/gennaker``: thin routes over the services."""
