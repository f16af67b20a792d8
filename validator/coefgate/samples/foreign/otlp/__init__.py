"""Telemetry in the form of OTLP JSON lines: records, the names of facts in them, calls, tools."""
