# The desk in a container: one volume holds configuration, database and secret, and nothing else is written.
#
#   docker build -t helpdesk .
#   docker run --rm -it -v desk:/desk helpdesk helpdesk init /desk
#   docker run -d --name desk --read-only --tmpfs /tmp -v desk:/desk \
#       -p 127.0.0.1:8080:8080 -p 127.0.0.1:2525:2525 helpdesk
#   docker exec desk helpdesk health
#
# The console asks for the token in /desk/token. compose.yaml says the same; docs/setup.md says more.

FROM python:3.11-slim AS build

WORKDIR /source
# The pins hold for what builds us, too: older versions of pip read the one, newer ones the other.
ENV PIP_CONSTRAINT=/source/constraints.txt \
    PIP_BUILD_CONSTRAINT=/source/constraints.txt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY helpdesk ./helpdesk
COPY migrations ./migrations
COPY policies ./policies
COPY templates ./templates
RUN python -m venv /opt/helpdesk \
    && /opt/helpdesk/bin/python -m pip install --quiet .

FROM python:3.11-slim

RUN groupadd --system --gid 10001 helpdesk \
    && useradd --system --uid 10001 --gid 10001 --home-dir /desk --create-home --shell /usr/sbin/nologin helpdesk
COPY --from=build /opt/helpdesk /opt/helpdesk
ENV PATH=/opt/helpdesk/bin:$PATH \
    HELPDESK_CONFIG=/desk/helpdesk.toml \
    HELPDESK_LISTEN=0.0.0.0 \
    PYTHONUNBUFFERED=1

WORKDIR /desk
VOLUME /desk
USER 10001:10001
EXPOSE 2525 8080
STOPSIGNAL SIGTERM

# Asks the console, so `[web] listen` must be set, as `init` does; see `helpdesk health --help`.
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s --retries=3 CMD ["helpdesk", "health"]

CMD ["helpdesk", "serve"]
