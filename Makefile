# The README's commands. All logic is CMake's; scripts/setup.sh names, and on Debian and Ubuntu installs, what
# the build needs.
BUILD ?= build
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
SOAK_PICTURES ?= 10000
CMAKE_FLAGS ?=
DEMO = demo/chelsea.png demo/astronaut.png $(PHOTOS)
EFFECTS = classic,retro8bit,duotone,sketch,watercolor,mosaic

configure = cmake -S . -B "$(BUILD)" -G Ninja -DCMAKE_INSTALL_PREFIX="$(PREFIX)" $(CMAKE_FLAGS)

.PHONY: all demo check install bench fuzz soak wasm format clean

all:
	$(configure)
	cmake --build "$(BUILD)"

# PHOTOS='a.jpg b.png' adds pictures of your own.
demo:
	@scripts/setup.sh build
	$(configure) >/dev/null
	cmake --build "$(BUILD)" --target inspyr_command
	"$(BUILD)/inspyr" cutout $(DEMO) -o demo-out --force --times
	"$(BUILD)/inspyr" cutout $(DEMO) --effects $(EFFECTS) -o demo-out --force --quiet
	"$(BUILD)/inspyr" sheet -o demo-out/contact-sheet.png --effects $(EFFECTS) --force $(DEMO)
	@sed 's|@HERE@|$(CURDIR)|' scripts/demo.txt

check:
	@scripts/setup.sh build check
	$(configure)
	cmake --build "$(BUILD)"
	ctest --test-dir "$(BUILD)" --output-on-failure -LE wheel

# What takes long: ten thousand pictures, a thousand killed writers, five thousand calls from Python, the wheel for it
# built and tried, a cluster of Ray that loses an actor, and the README's programs on a fresh Debian.
soak:
	@scripts/setup.sh build check ci
	$(configure)
	cmake --build "$(BUILD)"
	cmake --build "$(BUILD)" --target bench_soak
	"$(BUILD)/tests/bench/bench_soak" $(SOAK_PICTURES) demo/chelsea.png demo/astronaut.png
	INSPYR_SOAK=1 ctest --test-dir "$(BUILD)" --output-on-failure -R "test_store_killed|python_(context|process)"
	ctest --test-dir "$(BUILD)" --output-on-failure -L wheel
	@[ -x "$(BUILD)/ray/bin/python" ] || { python3 -m venv "$(BUILD)/ray" && \
	    "$(BUILD)/ray/bin/pip" install -q 'ray[data]' numpy pillow; }
	INSPYR_RAY_PYTHON="$(abspath $(BUILD))/ray/bin/python" ctest --test-dir "$(BUILD)" --output-on-failure -R ray_cluster
	@if [ "$$(id -u)" = 0 ] && command -v debootstrap >/dev/null; then \
	    scripts/fresh-debian.sh "$(BUILD)/fresh" "make demo" "make && make install && ldconfig" \
	        "scripts/readme-programs.sh /root/new"; \
	else echo "no root or no debootstrap: the README's programs are not tried on a fresh Debian"; fi

# DESTDIR is honoured, for packagers.
install: all
	cmake --install "$(BUILD)"

bench:
	@scripts/setup.sh build
	$(configure)
	cmake --build "$(BUILD)" --target benches
	@scripts/bench.sh "$(BUILD)"

fuzz:
	@scripts/setup.sh build fuzz
	scripts/fuzz.sh "$(BUILD)-fuzz" $(FUZZ_SECONDS)

# The library as WebAssembly, and a page that shows it: docs/wasm.md.
wasm:
	@scripts/setup.sh build wasm
	cmake -S bindings/wasm -B "$(BUILD)/wasm" -G Ninja $(CMAKE_FLAGS)
	cmake --build "$(BUILD)/wasm"
	@echo "python3 -m http.server -d $(BUILD)/wasm/site 8000"

format:
	scripts/format.sh -i

clean:
	cmake -E rm -rf "$(BUILD)" "$(BUILD)-fuzz" demo-out
