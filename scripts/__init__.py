"""Commands around the warehouse: set-up, build, checks, exports, reports. No business rule."""
