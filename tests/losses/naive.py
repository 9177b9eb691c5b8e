"""Every loss as its formula reads, one number after the other, in plain Python; shares nothing with the library."""

import math
import statistics


def squared(row):
    return math.fsum(value * value for value in row)


def difference(left, right):
    return [a - b for a, b in zip(left, right, strict=True)]


def distance(left, right):
    return math.dist(left, right)


def mean_squared(left, right):
    return statistics.fmean(squared(difference(a, b)) for a, b in zip(left, right, strict=True))


def frobenius(left, right):
    return math.sqrt(math.fsum(squared(difference(a, b)) for a, b in zip(left, right, strict=True)))


def latent(photo, sketch, semantics):
    return mean_squared(photo, semantics) + mean_squared(sketch, semantics)


def legacy_latent(photo, sketch):
    return frobenius(photo, sketch)


def triplet(anchor, positive, negative, margin=1.0):
    rows = zip(anchor, positive, negative, strict=True)
    return statistics.fmean(max(0.0, distance(a, p) - distance(a, n) + margin) for a, p, n in rows)


def both_triplets(photo, sketch, other_photo, other_sketch, margin=1.0):
    return triplet(photo, sketch, other_sketch, margin) + triplet(sketch, photo, other_photo, margin)


def legacy_triplet(anchor, positive, negative, margin=1.0):
    near = statistics.fmean(distance(a, p) for a, p in zip(anchor, positive, strict=True))
    far = statistics.fmean(distance(a, n) for a, n in zip(anchor, negative, strict=True))
    return max(0.0, near - far + margin)


def reconstruction(sketch_from_photo, sketch, photo_from_sketch, photo):
    return mean_squared(sketch_from_photo, sketch) + mean_squared(photo_from_sketch, photo)


def legacy_reconstruction(sketch_from_photo, sketch, photo_from_sketch, photo):
    return frobenius(sketch_from_photo, sketch) + frobenius(photo_from_sketch, photo)


def cross_entropy(logits, labels, smoothing=0.0):
    losses = []
    for row, label in zip(logits, labels, strict=True):
        total = math.fsum(math.exp(value) for value in row)
        wanted = [smoothing / len(row) + (1 - smoothing) * (index == label) for index in range(len(row))]
        losses.append(-math.fsum(q * math.log(math.exp(v) / total) for q, v in zip(wanted, row, strict=True)))
    return statistics.fmean(losses)


def both_cross_entropies(photo_logits, sketch_logits, labels, smoothing=0.0):
    return cross_entropy(photo_logits, labels, smoothing) + cross_entropy(sketch_logits, labels, smoothing)


def probabilities(logits):
    powers = [math.exp(logit) for logit in logits]
    return [power / math.fsum(powers) for power in powers]


def divergence(logits, teacher):
    rows = [zip(probabilities(t), probabilities(z), strict=True) for t, z in zip(teacher, logits, strict=True)]
    return statistics.fmean(math.fsum(p * math.log(p / q) for p, q in row) for row in rows)


def gaussian_divergence(mean, log_variance):
    rows = [zip(m, v, strict=True) for m, v in zip(mean, log_variance, strict=True)]
    return statistics.fmean(math.fsum(0.5 * (m * m + math.exp(v) - 1 - v) for m, v in row) for row in rows)


def mean_of_squares(scores, targets):
    return statistics.fmean(
        (s - t) ** 2 for a, b in zip(scores, targets, strict=True) for s, t in zip(a, b, strict=True)
    )


def margin_softmax(logits, labels, margin=1.0):
    rows = zip(logits, labels, strict=True)
    return cross_entropy([[v * margin if k == own else v for k, v in enumerate(row)] for row, own in rows], labels)


def l21(weights):
    return math.fsum(math.sqrt(squared(column)) for column in zip(*weights, strict=True))


def relation(matching, other, slack=0.01):
    asked = [(score, 1 - slack) for row in matching for score in row] + [(s, slack) for row in other for s in row]
    return statistics.fmean((score - target) ** 2 for score, target in asked)


def norms(weights, target=1.0):
    return math.fsum(abs(math.sqrt(math.fsum(map(squared, weight))) - target) for weight in weights)


def code_norm(photo, sketch):
    return statistics.fmean(map(squared, photo)) + statistics.fmean(map(squared, sketch))


def contrastive(codes, labels, modality=None, temperature=0.1, cross_modal_only=False):
    units = [[value / math.sqrt(squared(row)) for value in row] for row in codes]
    near = [[math.exp(math.fsum(map(math.prod, zip(a, b, strict=True))) / temperature) for b in units] for a in units]
    losses = []
    for i in range(len(codes)):
        others = [a for a in range(len(codes)) if a != i]
        positives = [
            p for p in others if labels[p] == labels[i] and not (cross_modal_only and modality[p] == modality[i])
        ]
        if positives:
            total = math.fsum(near[i][a] for a in others if a in positives or labels[a] != labels[i])
            losses.append(-statistics.fmean(math.log(near[i][p] / total) for p in positives))
    return statistics.fmean(losses) if losses else 0.0


def orthogonality(features):
    """Column by column: what their product misses of 1 on, and of 0 off, the diagonal."""
    columns = list(zip(*features, strict=True))
    products = {
        (i, j): math.fsum(a * b for a, b in zip(left, right, strict=True)) / len(features)
        for i, left in enumerate(columns)
        for j, right in enumerate(columns)
    }
    return math.fsum((product - (i == j)) ** 2 for (i, j), product in products.items())


def multi_label(logits, tags):
    rows = zip(logits, tags, strict=True)
    return statistics.fmean(
        math.fsum(
            -tag * math.log(1 / (1 + math.exp(-score))) - (1 - tag) * math.log(1 / (1 + math.exp(score)))
            for score, tag in zip(*row, strict=True)
        )
        for row in rows
    )


def quantisation(codes):
    return mean_squared(codes, [[math.copysign(1, value) for value in row] for row in codes])


def mean_absolute(back, start):
    return statistics.fmean(abs(value) for a, b in zip(back, start, strict=True) for value in difference(a, b))


def contrastive_pairs(left, right, same, margin=1.0):
    losses = []
    for a, b, y in zip(left, right, same, strict=True):
        far = distance(a, b)
        losses.append(0.5 * far**2 if y else 0.5 * max(0.0, margin - far) ** 2)
    return statistics.fmean(losses)


def exponential_pairs(left, right, same, near=0.2, far=10.0):
    losses = []
    for a, b, y in zip(left, right, same, strict=True):
        apart = math.fsum(map(abs, difference(a, b)))
        losses.append(apart**2 / near if y else far * math.exp(-2.77 / far * apart))
    return statistics.fmean(losses)


def multiclass_hinge(scores, labels, margin=1.0):
    rows = zip(scores, labels, strict=True)
    leads = [max(v for k, v in enumerate(row) if k != own) - row[own] for row, own in rows]
    return statistics.fmean(max(0.0, margin + lead) for lead in leads)


def squared_hinge(scores, match):
    rows = [max(0.0, 1 - value if y else 1 + value) ** 2 for row in scores for value, y in zip(row, match, strict=True)]
    return statistics.fmean(rows)
