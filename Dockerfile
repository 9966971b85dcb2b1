# Append the digest that `docker buildx imagetools inspect python:3.13-slim-trixie` prints: then a rebuild has the same base.
ARG BASE=docker.io/library/python:3.13-slim-trixie
# ARG BASE=docker.io/library/python:3.13-slim-trixie@sha256:<digest>

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/venv
COPY requirements.lock .
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
    && /opt/venv/bin/pip uninstall --yes pip setuptools
WORKDIR /app
COPY . .
RUN /opt/venv/bin/python -m compileall -q . && install --directory --owner=10001 --group=10001 --mode=0700 instance

# Both stages have the same base, so that what was built also runs.
FROM ${BASE}
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
# The files belong to root: a compromised application cannot rewrite itself. It owns instance/ and nothing else.
COPY --from=build /app /app
# Without its settings the image refuses to start; a demo for strangers is asked for with SIMULATOR=public.
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 SIMULATOR=off
# A number, so that Kubernetes can see that it is not root's. With a store in Redis and SECRET_KEY set, any will do.
USER 10001:10001
VOLUME /app/instance
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["python", "-m", "webapp.healthy"]
# Docker kills ten seconds after `docker stop`; a sign-on in progress may take 35. Say `docker run --stop-timeout 40`, as
# deploy/compose.yaml does.
CMD ["python", "-m", "webapp"]

ARG VERSION=
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="pingone-signon" \
    org.opencontainers.image.description="Sign users on with PingOne and PKCE" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.source="${SOURCE}"
