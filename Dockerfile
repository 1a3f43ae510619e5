# syntax=docker/dockerfile:1
# Airflow with Gennaker. Everything is pinned by requirements.txt; nothing runs as root.

ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE requirements.txt ./
COPY plugins plugins
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
    && python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --find-links /wheels --constraint requirements.txt "gennaker[celery]"

FROM python:${PYTHON}-slim-bookworm
ENV AIRFLOW_HOME=/opt/airflow \
    PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1
RUN useradd --uid 50000 --gid 0 --home-dir /opt/airflow --create-home airflow \
    && mkdir -p /opt/airflow/dags /opt/airflow/logs /opt/airflow/pipeline_specs \
    && chown -R airflow:0 /opt/airflow && chmod -R g=u /opt/airflow
COPY --from=build /opt/venv /opt/venv
COPY --chown=airflow:0 dags /opt/airflow/dags
COPY --chown=airflow:0 pipeline_specs /opt/airflow/pipeline_specs
USER airflow
WORKDIR /opt/airflow
EXPOSE 8080
ENTRYPOINT ["airflow"]
CMD ["version"]
