# The README's commands. All logic is CMake's.
BUILD ?= build

.PHONY: all
all:
	cmake -S . -B $(BUILD) -G Ninja
	cmake --build $(BUILD)
