"""The shipped weights. Written by `bench/severity.py fit`; not to be edited by hand."""

TEMPERATURE = 1.0

WEIGHTS: dict[str, tuple[float, float, float, float]] = {
    "bias": (0.0, 0.0, 0.3, 0.0),
    "stopped": (2.5, 0.8, -0.8, -1.5),
    "degraded": (-0.5, 1.8, 0.2, -1.0),
    "security": (0.2, 1.8, -0.5, -0.5),
    "workaround": (-2.0, -0.3, 1.8, 0.0),
    "minor": (-1.5, -0.6, 1.8, 0.2),
    "question": (-1.5, -1.0, -0.3, 2.2),
    "wish": (-1.8, -1.2, -0.3, 2.5),
    "past": (-2.0, -0.6, 0.0, 2.2),
    "non-production": (-2.5, -1.5, 0.0, 3.0),
    "robot": (-4.0, -4.0, -2.0, 6.0),
}
