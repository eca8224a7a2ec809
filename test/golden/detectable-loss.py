"""Writes detectable-loss.json: powers of paired comparisons by SciPy, summed over every outcome.

pip install scipy
python test/golden/detectable-loss.py && npx prettier --write test/golden/detectable-loss.json

A comparison of `count` queries, `correct` of them correct before, fails where binomtest (McNemar's exact test) has a
p-value of at most `threshold` and the loss is at least `minimumEffect`. Lost answers are binomial over the correct
ones, fixed answers over the wrong ones.
"""

import json
import pathlib

import numpy
import scipy
from scipy.stats import binom, binomtest


def fails(lost, fixed, count, threshold, minimum_effect):
    if lost <= fixed or (lost - fixed) / count < minimum_effect:
        return False
    return binomtest(lost, lost + fixed, 0.5).pvalue <= threshold


def power(case, loss, region):
    # region[lost, fixed] is 1 where the comparison fails
    count, correct, flip = case["count"], case["correct"], case["flipRate"]
    wrong = count - correct
    flip = min(flip, wrong / count)
    lost_share = min(1.0, (flip + loss) * count / correct)
    fixed_share = flip * count / wrong if wrong else 0.0
    lost = binom.pmf(range(correct + 1), correct, lost_share)
    fixed = binom.pmf(range(wrong + 1), wrong, fixed_share)
    return float(lost @ region @ fixed)


def smallest(case, region):
    """The smallest multiple of 0.0001 with a power of 80 %, by trying each."""
    flip = min(case["flipRate"], 1 - case["correct"] / case["count"])
    largest = int((case["correct"] / case["count"] - flip) / 1e-4 + 1e-6)
    for step in range(1, largest + 1):
        if power(case, step / 1e4, region) >= 0.8:
            return step / 1e4
    return None


cases = []
for count, correct, flip, threshold, effect in [
    (5, 5, 0, 0.05, 0.02),
    (6, 6, 0, 0.05, 0.02),
    (16, 16, 0, 0.05, 0),
    (16, 5, 0.1, 0.05, 0),
    (40, 30, 0.05, 0.05 / 3, 0.02),
    (60, 60, 0.02, 0.05 / 10, 0.02),
    (100, 97, 0.02, 0.05 / 70, 0.02),
    (120, 60, 0.1, 0.05 / 7, 0.2),
    (200, 200, 0, 0.05 / 70, 0.02),
    (200, 57, 0.02, 0.05 / 70, 0.02),
    (200, 20, 0.02, 0.05 / 70, 0.02),
    (200, 6, 0.02, 0.05 / 70, 0.02),
]:
    case = dict(count=count, correct=correct, flipRate=flip, threshold=threshold, minimumEffect=effect)
    region = numpy.array(
        [
            [fails(b, c, count, threshold, effect) for c in range(count - correct + 1)]
            for b in range(correct + 1)
        ],
        dtype=float,
    )
    losses = [share * correct / count / 4 for share in (0, 1, 2, 3)]
    case["powers"] = [
        dict(loss=loss, power=power(case, loss, region))
        for loss in losses
        if loss + min(flip, 1 - correct / count) <= correct / count
    ]
    case["minimumDetectableLoss"] = smallest(case, region)
    cases.append(case)

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"scipy": scipy.__version__, "cases": cases}))
