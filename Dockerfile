# One image for both stages: what was built is what runs.
FROM python:3.13-slim AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1

FROM base AS build
RUN python -m venv /opt/venv
COPY requirements.lock .
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock

FROM base
RUN useradd --system --uid 10001 --home-dir /app app \
    && install --directory --owner=app --mode=0700 /app/instance
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY . .
# Without its settings the image refuses to start; a demo for strangers is asked for with SIMULATOR=public.
ENV PATH=/opt/venv/bin:$PATH HOST=0.0.0.0 PORT=8000 SIMULATOR=off
# The program files belong to root, so that a fault in the application cannot rewrite it; only instance/ is its own.
USER app
VOLUME /app/instance
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=2)"]
CMD ["gunicorn", "--config", "python:webapp.gunicorn", "webapp:create_app()"]
