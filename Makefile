# The menu. Each target is one line; the work is in scripts/ and xtask/.
.DEFAULT_GOAL := menu
.PHONY: menu run dev test verify e2e sim bench gen fmt release

menu:
	@echo 'make run      set everything up and start Hark with the demo shop'
	@echo 'make dev      the same, with the web app reloading as you edit it'
	@echo 'make test     every check, as CI runs them (40 minutes at most on 2 cores)'
	@echo 'make verify   full sizes, real peers, long drills; writes docs/verify/report.md'
	@echo 'make e2e      the browser journeys alone            STORE=sqlite|postgres'
	@echo 'make sim      the simulation alone                  SEED=1 RUNS=20 STORE=sqlite'
	@echo 'make bench    the benchmarks                        NAME=all'
	@echo 'make gen      everything that is generated: OpenAPI document, web client'
	@echo 'make fmt      format Rust and the web'
	@echo 'make release  a static release build in dist/'

STORE ?= sqlite
SEED ?= 1
RUNS ?= 20
NAME ?= all

run:
	@scripts/run
dev:
	@scripts/dev
test:
	@scripts/check scripts/test-steps
verify:
	@HARK_BIN=$(CURDIR)/target/release/hark HARK_PG_FSYNC=on scripts/check scripts/verify-steps --report docs/verify/report.md
e2e:
	@scripts/with-postgres scripts/e2e $(STORE)
sim:
	@scripts/with-postgres cargo xtask sim --seed $(SEED) --runs $(RUNS) --store $(STORE)
bench:
	@HARK_PG_FSYNC=on scripts/with-postgres scripts/bench $(NAME)
gen:
	@cargo xtask gen
fmt:
	@cargo fmt --all
	@if [ -f web/package.json ]; then cd web && { [ -d node_modules ] || npm ci --no-audit --no-fund; } && npm run --silent fmt; fi
release:
	@packaging/build-release
