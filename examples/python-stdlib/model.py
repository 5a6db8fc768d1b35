"""The model that pipeline.py fits and serve.py serves: a weighted sum of cross-sectional ranks."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

# One row of input holds these, in this order, each as a rank within the day's cross-section
# from -0.5 (lowest) to 0.5 (highest); 0 where it is unknown.
FEATURES = (
    "return_1",  # last day's return
    "return_5",  # last week's return
    "momentum_20",  # return of the four weeks before the last one
    "volatility_20",  # standard deviation of daily returns over four weeks
    "gap",  # last opening against the close before it
    "range_position",  # where in the day's range it closed
    "volume_shock",  # turnover against its four-week mean
    "drawdown_20",  # distance below the highest close of four weeks
)


@dataclass(frozen=True)
class LinearModel:
    features: tuple[str, ...]
    weights: tuple[float, ...]

    def predict(self, columns):
        """One prediction per row, from one sequence of values per feature."""
        predictions = [0.0] * len(columns[0])
        for weight, column in zip(self.weights, columns, strict=True):
            predictions = [so_far + weight * value for so_far, value in zip(predictions, column)]
        return predictions


# What a book would say before any data is seen: short-term reversal, mild momentum, low volatility.
BUILT_IN = LinearModel(FEATURES, (-0.3, -0.2, 0.1, -0.2, -0.1, -0.1, 0.0, 0.0))


def load_model(path):
    """Reads a weights file, or raises ValueError with what is wrong in it."""
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    features, weights = document.get("features"), document.get("weights")
    if not isinstance(features, list) or not isinstance(weights, list) or len(features) != len(weights):
        raise ValueError(f"{path}: expected as many weights as features, got {document!r:.200}")
    return LinearModel(tuple(map(str, features)), tuple(map(float, weights)))


def save_model(model, path):
    """Writes a weights file in one step, so that a server never reads half of it."""
    temporary = Path(f"{path}.tmp")
    text = json.dumps({"features": model.features, "weights": model.weights}, indent=2)
    temporary.write_text(text + "\n", encoding="utf-8")
    os.replace(temporary, path)
