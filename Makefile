# Shorthands for those who work on the program. Users need ./run only.
UV_COMPILE = .venv/bin/uv pip compile --quiet --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header

.PHONY: run test lint requirements wheelhouse

run:
	./run

test:
	./test

lint:
	.venv/bin/ruff check .
	.venv/bin/djlint templates --lint --quiet
	.venv/bin/lint-imports
	.venv/bin/mypy

# After changing a pin in *.in: the hashed lists, without any registry's address in them.
requirements:
	$(UV_COMPILE) requirements.in -o requirements.txt
	$(UV_COMPILE) requirements-dev.in -o requirements-dev.txt

# Everything an intranet needs to install without a registry; ./run and the Dockerfile take it from here by themselves.
wheelhouse:
	.venv/bin/pip download --require-hashes --no-deps -d wheelhouse -r requirements.txt
