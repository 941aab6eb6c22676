"""How much longer a longer answer takes: the slope of ln(duration) on ln(32 + output tokens).

scikit-learn's HuberRegressor (Huber 1964) earns its place here: it fits the slope on ten-minute means weighted by
their calls, and a bad hour among good ones does not bend it. Fitted once a day of data and series.
"""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import HuberRegressor

from analytics.windows import Floats

# For a pure generator duration is proportional to ttft + tokens, a slope of 1; queues and tools flatten it.
USUAL_SLOPE = 0.9
STEEPEST = 1.2
LEAST_CELLS = 30
LEAST_SPREAD = 0.05


def fit_slope(x: Floats, y: Floats, weight: Floats) -> float:
    """Return the slope of ``y`` on ``x`` (means of cells, weighted by calls); the usual one when there is too little.

    The slope is kept within [0, 1.2]: outside of it the fit shows chance, not generation.
    """
    if len(x) < LEAST_CELLS or float(np.std(x)) < LEAST_SPREAD:
        return USUAL_SLOPE
    model = HuberRegressor(epsilon=1.35, max_iter=200)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            # Centred, and with weights about one, the optimiser needs a third of the time to the same slope.
            centred = (x - np.average(x, weights=weight)).reshape(-1, 1)
            model.fit(centred, y - np.average(y, weights=weight), sample_weight=weight / weight.mean())
        except ValueError:
            # The optimiser gives up on degenerate data (all points on one line).
            return USUAL_SLOPE
    slope = float(model.coef_[0])
    return min(STEEPEST, max(0.0, slope)) if np.isfinite(slope) else USUAL_SLOPE
