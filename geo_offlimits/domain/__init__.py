"""The ground floor: what the words of the off-limits list mean. No input or output, no clock, no framework."""
