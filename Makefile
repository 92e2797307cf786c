# ruchy-prof: `make help` lists the targets. Everything is made in build/.

CC        ?= cc
AR        ?= ar
PREFIX    ?= /usr/local
DESTDIR   ?=
B         := build
VERSION   := 0.1.0
# V=1 shows the commands; -s shows nothing
V         ?=
Q         := $(if $(V),,@)
SILENT    := $(findstring s,$(firstword -$(MAKEFLAGS)))
say        = $(if $(V)$(SILENT),,@printf '  %-7s %s\n' $(1) '$(if $(2),$(2),$@)')
comma     := ,
# SAN=address,undefined or SAN=thread builds into its own directory
SAN       ?=
ifneq ($(SAN),)
B         := build/san-$(subst $(comma),-,$(subst undefined,ub,$(SAN)))
SANFLAGS  := -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
endif
WERROR    ?= -Werror
OPT       ?= -O2 -g
BASEFLAGS := -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic $(WERROR)
CFLAGS_ALL = $(BASEFLAGS) $(OPT) $(SANFLAGS) $(CFLAGS) -MMD -MP

# Bound at start: subprocess_runner.c counts on it.
LIBS_TOOLS = -Wl,-z,now $(shell pkg-config --libs libcbor libzstd libxxhash libdw libelf jansson zlib libmicrohttpd) -liberty -lm -lpthread
LIBS_HOOK  = -ltree-sitter $(shell pkg-config --libs libxxhash)

# ---- sources: a new file is picked up by its place ------------------------------------------------------------------------
RUNTIME_C := $(wildcard runtime/*.c)
HOOK_C    := $(wildcard transpiler-hooks/*.c)
TOOLS_C   := $(filter-out tools/main.c,$(wildcard tools/*.c tools/*/*.c))
UNIT_C    := $(wildcard tests/unit/test_*.c)
FUZZ_C    := $(wildcard tests/fuzz/fuzz_*.c)

# Each part sees what it may include and no more: the runtime and the hooks neither each other nor the tools.
INC_RUNTIME := -Iruntime/include -Iruntime
INC_HOOK    := -Itranspiler-hooks/include -Itranspiler-hooks -I$(B)/gen
INC_TOOLS   := -I$(B)/gen -Iruntime/include -Itranspiler-hooks/include $(addprefix -I,$(sort $(dir $(wildcard tools/*/*.h)))) -DRUCHY_PROF_VERSION='"$(VERSION)"'

RUNTIME_O := $(RUNTIME_C:%.c=$(B)/obj/%.o)
HOOK_O    := $(HOOK_C:%.c=$(B)/obj/%.o) $(B)/obj/grammar/parser.o $(B)/obj/grammar/scanner.o
TOOLS_O   := $(TOOLS_C:%.c=$(B)/obj/%.o)
UNIT_X    := $(UNIT_C:tests/unit/%.c=$(B)/tests/%)

CORPUS_RS := $(wildcard bench-corpus/*/*.rs)

.PHONY: all allocation-cost suggest-example bench-pgo ci-schemas stats-golden pages screenshots bench-export consumers help sourcemap map-figures setup profile test test-quick bench bench-quick bench-gates stats-check lint format install clean ruchy golden fuzz fuzz-quick unit cmd test-aarch64 soak stress check-san asan tsan san-programs size-figures bootstraps bench-lambda bench-lambda-calls lambda-example
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/deps.ok $(B)/bin/ruchy-prof $(B)/shim/ruchy $(B)/lib/librprof.a $(B)/lib/librhook.a $(B)/lib/librhook.so $(B)/lib/librprof-sampler.so $(B)/lib/librprof-allocations.so $(B)/share/transpiles.ok $(B)/share/sources.ok ## build everything (default)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

# ---- set-up -------------------------------------------------------------------------------------------------------------
setup: ## install the development packages that are missing (apt)
	@tools/dev/setup.sh

$(B)/deps.ok: tools/dev/setup.sh
	@tools/dev/setup.sh --build
	@mkdir -p $(@D) && touch $@

$(B)/deps-test.ok: tools/dev/setup.sh $(B)/deps.ok
	@tools/dev/setup.sh
	@touch $@

# The tests' independent reader of source maps, from PyPI; its checksum is locked in requirements.txt.
sourcemap: build/sourcemap/ok ## fetch the Python package that the tests of source maps compare with
build/sourcemap/ok: tests/map/requirements.txt
	@tools/dev/python-packages.sh $(@D) $<

ci-schemas: build/ci-schemas/ok ## fetch the schemas that reports and the examples in docs/ci are validated with
build/ci-schemas/ok: tests/ci/requirements.txt tools/dev/report-schemas.sh
	@tools/dev/report-schemas.sh $(@D)
	@tools/dev/python-packages.sh $(@D) $<

stats-golden: ## what SciPy says of the samples in tests/stats, anew (fetches SciPy)
	@tools/dev/python-packages.sh build/scipy tests/stats/requirements.txt
	@PYTHONPATH=build/scipy $(firstword $(wildcard /usr/bin/python3) python3) tests/stats/golden.py > tests/stats/golden.new
	@mv tests/stats/golden.new tests/stats/golden.txt

ruchy: build/ruchy/bin/ruchy ## install the pinned ruchy 4.2.1 from crates.io into build/ruchy (minutes)
build/ruchy/bin/ruchy:
	@tools/dev/install-ruchy.sh build/ruchy

# ---- grammar: fetched by cargo, checksum locked in Cargo.lock, never checked in ----------------------------------------------
GRAMMAR := build/grammar/tree-sitter-rust/src
$(GRAMMAR)/parser.c: transpiler-hooks/grammar/Cargo.lock transpiler-hooks/grammar/Cargo.toml | $(B)/deps.ok
	@mkdir -p build
	$(call say,FETCH,the grammar of Rust (tree-sitter-rust))
	$(Q)cargo vendor --quiet --locked --manifest-path transpiler-hooks/grammar/Cargo.toml build/grammar.new > /dev/null
	$(Q)rm -rf build/grammar && mv build/grammar.new build/grammar && touch $@
$(GRAMMAR)/scanner.c: $(GRAMMAR)/parser.c ;
$(B)/obj/grammar/%.o: $(GRAMMAR)/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -std=c11 -O2 -fPIC -I$(GRAMMAR) -w -c $< -o $@

# ---- compile ------------------------------------------------------------------------------------------------------------
# The runtime is linked into the user's program: position independent, sections apart so that unused parts are dropped, no debug
# information (three quarters of its size) unless a sanitizer wants it.
$(B)/obj/runtime/%.o: runtime/%.c | $(B)/deps.ok
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) $(if $(SAN),,-g0) $(INC_RUNTIME) -fPIC -ffunction-sections -fdata-sections -fno-semantic-interposition -c $< -o $@
$(B)/obj/transpiler-hooks/%.o: transpiler-hooks/%.c $(B)/gen/rhook_prelude.inc $(B)/gen/rhook_trace_prelude.inc | $(B)/deps.ok
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_HOOK) -fPIC -c $< -o $@
# Run in processes that have their maker's memory until exec, a sanitizer's notes of it included.
$(B)/obj/tools/util/subprocess_child.o $(B)/obj/tools/util/subprocess_direct.o: SANFLAGS :=
$(B)/obj/tools/%.o: tools/%.c | $(B)/deps.ok
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_TOOLS) -c $< -o $@

# what goes into reports as it is, as the elements of a C char array
EXPORT_INC := $(patsubst tools/export/%,$(B)/gen/%.inc,$(wildcard tools/export/*.js tools/export/*.css)) $(B)/gen/bootstrap.ruchy.inc $(B)/gen/syscall_names.inc
$(B)/gen/%.inc: tools/export/%
	@mkdir -p $(@D)
	$(Q)od -An -v -tx1 $< | sed -E 's/ ([0-9a-f]{2})/0x\1,/g' > $@
# the bootstrap of handlers that have none
$(B)/gen/bootstrap.ruchy.inc: tools/lambda/bootstrap.ruchy
	@mkdir -p $(@D)
	$(Q)od -An -v -tx1 $< | sed -E 's/ ([0-9a-f]{2})/0x\1,/g' > $@
# the names of the system calls by their numbers
$(B)/gen/syscall_names.inc:
	@mkdir -p $(@D)
	$(Q)echo '#include <sys/syscall.h>' | $(CC) -E -dM - | sed -nE 's/^#define __NR_([a-z0-9_]+) [0-9]+$$/[__NR_\1] = "\1",/p' | sort > $@
$(TOOLS_O): | $(EXPORT_INC)

# runtime/prelude.rs as the elements of a C char array
$(B)/gen/rhook_prelude.inc: runtime/prelude.rs
	@mkdir -p $(@D)
	$(Q)od -An -v -tx1 $< | sed -E 's/ ([0-9a-f]{2})/0x\1,/g' > $@

$(B)/gen/rhook_trace_prelude.inc: runtime/trace.rs
	@mkdir -p $(@D)
	$(Q)od -An -v -tx1 $< | sed -E 's/ ([0-9a-f]{2})/0x\1,/g' > $@

$(B)/lib/librprof.a: $(RUNTIME_O)
	@mkdir -p $(@D)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(B)/lib/librhook.a: $(HOOK_O)
	@mkdir -p $(@D)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(B)/lib/librhook.so: $(HOOK_O) transpiler-hooks/librhook.map
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) -shared $(SANFLAGS) $(LDFLAGS) -Wl,-soname,librhook.so.1 -Wl,--version-script=transpiler-hooks/librhook.map -Wl,-z,defs -o $@ $(HOOK_O) $(LIBS_HOOK)
# Goes into sampled programs by LD_PRELOAD, so it has no sanitizer.
$(B)/lib/librprof-sampler.so: tools/sample/preload/rprof_sampler.c tools/sample/sample_ring.h
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(BASEFLAGS) $(OPT) $(CFLAGS) -g0 -Itools/sample -fPIC -fvisibility=hidden -shared $(LDFLAGS) -Wl,-z,now -o $@ $< -lpthread -ldl
$(B)/lib/librprof-allocations.so: tools/lambda/preload/rprof_allocations.c tools/lambda/allocations.h
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(BASEFLAGS) $(OPT) $(CFLAGS) -g0 -Itools/lambda -fPIC -fvisibility=hidden -shared $(LDFLAGS) -Wl,-z,now -o $@ $<
$(B)/lib/libtools.a: $(TOOLS_O)
	@mkdir -p $(@D)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(B)/bin/ruchy-prof: $(B)/obj/tools/main.o $(B)/lib/libtools.a $(B)/lib/librhook.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_TOOLS) $(LIBS_HOOK)

# The sources of the corpus' bootstrap in other languages, which analyze builds when it compares with them
SIBLINGS := $(shell git ls-files bench-corpus/bootstrap/siblings 2>/dev/null || find bench-corpus/bootstrap/siblings -type f)
$(B)/share/sources.ok: $(SIBLINGS)
	@rm -rf $(B)/share/ruchy-prof/bootstraps && mkdir -p $(B)/share/ruchy-prof/bootstraps
	$(Q)cd bench-corpus/bootstrap/siblings && cp --parents $(SIBLINGS:bench-corpus/bootstrap/siblings/%=%) "$(abspath $(B))/share/ruchy-prof/bootstraps/"
	@touch $@

# The command under the name `ruchy`, in a directory of its own for PATH
$(B)/shim/ruchy:
	@mkdir -p $(@D)
	$(Q)ln -sf ../bin/ruchy-prof $@

# Checked-in transpiles of the corpus, found by the hash of their source (first line of each .rs).
$(B)/share/transpiles.ok: $(CORPUS_RS) tools/dev/index-transpiles.sh
	@tools/dev/index-transpiles.sh $(B)/share/ruchy-prof/transpiles $(CORPUS_RS)
	@touch $@

# ---- run ----------------------------------------------------------------------------------------------------------------
profile: all ## build and profile bench-corpus/fibonacci/fibonacci.ruchy
	@$(B)/bin/ruchy-prof profile --binary bench-corpus/fibonacci/fibonacci.ruchy

# ---- tests --------------------------------------------------------------------------------------------------------------
# One cmocka program per tests/unit/test_X.c; it sees the headers of every part.
# cmocka.h wants these before it, wherever clang-format sorts it.
CMOCKA_FIRST := -include stdarg.h -include stddef.h -include stdint.h -include setjmp.h
$(B)/tests/%: tests/unit/%.c $(B)/lib/libtools.a $(B)/lib/librhook.a $(B)/lib/librprof.a | $(B)/deps-test.ok
	@mkdir -p $(@D)
	$(call say,TEST,$<)
	$(Q)$(CC) $(CFLAGS_ALL) $(CMOCKA_FIRST) $(INC_RUNTIME) $(INC_HOOK) $(INC_TOOLS) -DTESTS='"$(CURDIR)/tests"' -DBUILD='"$(CURDIR)/$(B)"' $(LDFLAGS) -o $@ $< $(B)/lib/libtools.a $(B)/lib/librhook.a $(B)/lib/librprof.a $(LIBS_TOOLS) $(LIBS_HOOK) -lcmocka

unit: $(B)/deps-test.ok all $(UNIT_X) ## unit tests alone
	@tests/run.sh unit

cmd: $(B)/deps-test.ok all ## command tests alone
	@tests/run.sh cmd

test: $(B)/deps-test.ok build/sourcemap/ok build/ci-schemas/ok all $(UNIT_X) ## everything, with the real ruchy
	@command -v ruchy > /dev/null || $(MAKE) --no-print-directory ruchy
	@[ -e build/tools/bin/inferno-flamegraph ] || tools/dev/install-consumers.sh build/tools
	@tests/run.sh all

test-quick: $(B)/deps-test.ok build/sourcemap/ok build/ci-schemas/ok all $(UNIT_X) ## everything but what needs the real ruchy
	@tests/run.sh quick

# The unit tests under sanitizers, each in its own directory: build/san-address-ub, build/san-thread
san-programs: $(B)/deps-test.ok $(B)/bin/ruchy-prof $(UNIT_X) $(B)/tests/storm
$(B)/tests/storm: tests/soak/storm.c $(B)/lib/librprof.a
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_RUNTIME) $(LDFLAGS) -o $@ $^ -lpthread
asan: ## unit tests under ASan and UBSan
	@$(MAKE) --no-print-directory SAN=address,undefined san-programs
	@tests/run.sh asan
tsan: ## unit tests under TSan
	@$(MAKE) --no-print-directory SAN=thread san-programs
	@tests/run.sh tsan
check-san: ## both
	@$(MAKE) --no-print-directory SAN=address,undefined san-programs
	@$(MAKE) --no-print-directory SAN=thread san-programs
	@tests/run.sh san

test-aarch64: all ## the runtime under qemu-aarch64 (tools/dev/setup.sh --aarch64 installs what it needs)
	@tests/aarch64.sh

soak: all ## what takes too long for every day: 1,000 kills, fork storms, full disks
	@tests/soak.sh

stress: all ## strangers' crates with their own tests, and every example of ruchy, before and after (long; needs the network)
	@tests/stress/run.py --page docs/stress.md
	@tests/upstream/run.sh --all > build/stress/examples.tap; status=$$?; grep -v "^ok" build/stress/examples.tap; exit $$status

# libFuzzer targets (clang); each with its corpus in tests/fuzz/corpus/X
# What they share is compiled once.
FUZZ_X    := $(FUZZ_C:tests/fuzz/%.c=$(B)/fuzz/%)
FUZZ_O    := $(TOOLS_C:%.c=$(B)/fuzz/obj/%.o) $(HOOK_C:%.c=$(B)/fuzz/obj/%.o)
FUZZFLAGS := -std=c17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -MMD -MP
$(B)/fuzz/obj/%.o: %.c $(B)/gen/rhook_prelude.inc $(B)/gen/rhook_trace_prelude.inc $(EXPORT_INC) | $(B)/deps-test.ok
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)clang $(FUZZFLAGS) $(if $(filter tools/%,$<),$(INC_TOOLS),$(INC_HOOK)) -c $< -o $@
$(B)/fuzz/libfuzzed.a: $(FUZZ_O) $(B)/obj/grammar/parser.o $(B)/obj/grammar/scanner.o
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(B)/fuzz/%: tests/fuzz/%.c $(B)/fuzz/libfuzzed.a
	$(call say,LINK)
	$(Q)clang $(subst fuzzer-no-link,fuzzer,$(FUZZFLAGS)) -Wall $(WERROR) $(INC_RUNTIME) $(INC_HOOK) $(INC_TOOLS) -o $@ $< $(B)/fuzz/libfuzzed.a $(LIBS_TOOLS) $(LIBS_HOOK)
# candidates of a text, and the text with some of them applied
$(B)/tests/hint: tests/hints/hint.c $(B)/lib/librhook.a
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_HOOK) $(LDFLAGS) -o $@ $< $(B)/lib/librhook.a $(LIBS_HOOK)
# a profile of any size, for tests of what views cost
$(B)/tests/graph: tests/perf/graph.c $(B)/lib/libtools.a
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_TOOLS) $(LDFLAGS) -o $@ $< $(B)/lib/libtools.a $(LIBS_TOOLS)
fuzz: $(FUZZ_X) ## run every fuzz target for FUZZ_SECONDS (default 600) each
	@tests/fuzz/run.sh $(or $(FUZZ_SECONDS),600) $(FUZZ_X)
fuzz-quick: $(FUZZ_X) ## every fuzz target on its corpus and 10 seconds more
	@tests/fuzz/run.sh 10 $(FUZZ_X)

golden: $(B)/deps-test.ok all ## rewrite the expected outputs in tests/golden (read the diff)
	@GOLDEN=write tests/run.sh quick

bench: all ## benchmarks (long)
	@tests/perf/bench.py --page docs/benchmarks.md
bench-quick: all ## benchmarks in under three minutes
	@tests/perf/bench.py --quick

bench-langs: all ## the corpus in other languages, into docs/compare-figures.md (four minutes)
	@tests/perf/langs.sh --page docs/compare-figures.md
# what the promises of `bench` are worth: false alarms, detection, coverage, agreement with other programs
$(B)/tests/coverage: tests/perf/coverage.c $(B)/lib/libtools.a
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INC_TOOLS) $(LDFLAGS) -o $@ $< $(B)/lib/libtools.a $(LIBS_TOOLS)
bench-gates: all $(B)/tests/coverage ## 200 gates of a program against itself and 40 of one 10 % slower, on a busy machine, and more; into docs/gates.md (eight minutes)
	@tests/perf/gates.py --page docs/gates.md
allocation-cost: all ## what counting allocations by function and by line costs, side by side (half a minute)
	@tests/perf/allocation_cost.py
stats-check: $(B)/tests/coverage ## Mann-Whitney against SciPy and benchstat on the same samples (fetches both)
	@tools/dev/python-packages.sh build/scipy tests/stats/requirements.txt
	@tests/perf/gates.py --only agreement
bench-pgo: all ## what optimisation by profile gains on every corpus program (some 8 minutes)
	@tests/perf/pgo.py --page docs/benchmarks.md --json $(B)/pgo.json
size-figures: all ## code by crate beside cargo-bloat (from crates.io), on three programs (minutes)
	@tests/size/bloat.py
hint-figures: all $(B)/tests/hint ## what each kind of hint gains on the corpus, over code layouts (ten minutes)
	@python3 tests/hints/figures.py

map-figures: $(B)/deps-test.ok build/sourcemap/ok all ## how much of the Rust is mapped to Ruchy lines (two minutes)
	@PATH="$$PATH:$(CURDIR)/build/ruchy/bin" python3 tests/map/figures.py

bench-export: all $(B)/tests/graph ## what views of large profiles cost, against go tool pprof and inferno
	@tests/perf/export.py

suggest-example: all ## the worked example of docs/suggest.md, anew (a minute of a quiet machine)
	@cd bench-corpus/fibonacci && COLUMNS=80 NO_COLOR=1 ../../$(B)/bin/ruchy-prof analyze --suggest fibonacci.ruchy --max-time 120s

screenshots: $(B)/deps-test.ok all ## the pictures of docs/, by headless Chromium
	@/usr/bin/python3 tools/dev/screenshots.py $(B)/bin/ruchy-prof

bootstraps: $(B)/share/bootstraps/ok ## the Lambda function of the corpus in other languages, for analyze --lambda-ready (a minute)
$(B)/share/bootstraps/ok: $(SIBLINGS)
	@bench-corpus/bootstrap/siblings/build.sh $(@D) || true
	@touch $@

bench-lambda: all bootstraps ## cold starts of the corpus' five bootstraps, five times: is their order the same each time? (a minute)
	@tests/perf/lambda_order.py

bench-lambda-calls: all bootstraps ## the time of system calls that analyze tells, beside the kernel's tracepoints (needs perf and root; a minute)
	@tests/perf/lambda_calls.py

lambda-example: all bootstraps ## the worked example of docs/lambda.md, anew: a bootstrap made faster by the tool's advice (half a minute)
	@tests/perf/lambda_example.sh

consumers: ## install the programs that open our files, for tests, into build/tools (from crates.io and npm; a minute)
	@tools/dev/install-consumers.sh build/tools

lint: $(B)/deps-test.ok $(B)/gen/rhook_prelude.inc $(B)/gen/rhook_trace_prelude.inc $(EXPORT_INC) ## clang-format, clang-tidy, shellcheck
	@clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h')
	@printf "%s\n" $(HOOK_C) | xargs -P2 -I{} clang-tidy --quiet {} -- $(BASEFLAGS) $(INC_HOOK)
	@printf "%s\n" $(RUNTIME_C) | xargs -P2 -I{} clang-tidy --quiet {} -- $(BASEFLAGS) $(INC_RUNTIME)
	@printf "%s\n" tools/main.c $(TOOLS_C) | xargs -P2 -I{} clang-tidy --quiet {} -- $(BASEFLAGS) $(INC_TOOLS)
	@shellcheck -S warning $$(git ls-files '*.sh' '.ci/run')

format: ## clang-format in place
	@clang-format -i $$(git ls-files '*.c' '*.h')

install: all $(B)/share/pages.ok ## into DESTDIR/PREFIX
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(Q)install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/lib" "$(DESTDIR)$(PREFIX)/include" "$(DESTDIR)$(PREFIX)/share/ruchy-prof"
	$(Q)install -m 755 $(B)/bin/ruchy-prof "$(DESTDIR)$(PREFIX)/bin/"
	$(Q)install -d "$(DESTDIR)$(PREFIX)/lib/ruchy-prof/shim"
	$(Q)ln -sf ../../../bin/ruchy-prof "$(DESTDIR)$(PREFIX)/lib/ruchy-prof/shim/ruchy"
	$(Q)install -m 644 $(B)/lib/librprof.a $(B)/lib/librhook.a "$(DESTDIR)$(PREFIX)/lib/"
	$(Q)install -m 755 $(B)/lib/librhook.so "$(DESTDIR)$(PREFIX)/lib/librhook.so.1"
	$(Q)install -m 755 $(B)/lib/librprof-sampler.so $(B)/lib/librprof-allocations.so "$(DESTDIR)$(PREFIX)/lib/"
	$(Q)ln -sf librhook.so.1 "$(DESTDIR)$(PREFIX)/lib/librhook.so"
	$(Q)install -m 644 runtime/include/rprof.h runtime/include/rprof_raw.h runtime/include/rprof_trace.h transpiler-hooks/include/rhook.h transpiler-hooks/include/rhook_hint.h transpiler-hooks/include/rhook_hint_kinds.def transpiler-hooks/include/rhook_table.h "$(DESTDIR)$(PREFIX)/include/"
	$(Q)install -d "$(DESTDIR)$(PREFIX)/lib/pkgconfig" "$(DESTDIR)$(PREFIX)/share/man/man3"
	$(Q)sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' transpiler-hooks/rhook.pc.in > "$(DESTDIR)$(PREFIX)/lib/pkgconfig/rhook.pc"
	$(Q)install -m 644 transpiler-hooks/rhook.3 "$(DESTDIR)$(PREFIX)/share/man/man3/"
	$(Q)cp -R $(B)/share/ruchy-prof/. "$(DESTDIR)$(PREFIX)/share/ruchy-prof/"

	$(Q)install -d "$(DESTDIR)$(PREFIX)/share/man/man1" "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	$(Q)install -m 644 $(B)/share/man/man1/*.1 "$(DESTDIR)$(PREFIX)/share/man/man1/"
	$(Q)install -m 644 $(B)/share/completions/bash "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/ruchy-prof"
	$(Q)install -m 644 $(B)/share/completions/zsh "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_ruchy-prof"
	$(Q)install -m 644 $(B)/share/completions/fish "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/ruchy-prof.fish"

# Manual pages and completions, all from the option tables in the command itself.
pages: $(B)/share/pages.ok ## manual pages and shell completions, into build/share
$(B)/share/pages.ok: $(B)/bin/ruchy-prof
	@rm -rf $(B)/share/man $(B)/share/completions && mkdir -p $(B)/share/man/man1 $(B)/share/completions
	$(call say,PAGES,$(B)/share/man)
	$(Q)$(B)/bin/ruchy-prof man > $(B)/share/man/man1/ruchy-prof.1
	$(Q)for command in $$($(B)/bin/ruchy-prof man | sed -n 's/^\.It Cm //p'); do $(B)/bin/ruchy-prof man $$command > $(B)/share/man/man1/ruchy-prof-$$command.1 || exit 1; done
	$(Q)for shell in bash zsh fish; do $(B)/bin/ruchy-prof completions $$shell > $(B)/share/completions/$$shell || exit 1; done
	@touch $@

clean: ## remove build/ (the installed ruchy too)
	rm -rf build

-include $(shell find $(B)/obj $(B)/tests $(B)/fuzz -name '*.d' -not -path '*.corpus/*' 2>/dev/null)
