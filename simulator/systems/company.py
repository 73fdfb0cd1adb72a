"""What exists once for the whole company: products, shops, campaigns."""

from dataclasses import dataclass

import numpy as np

from simulator import words
from simulator.plan import Batch, World
from simulator.text import DAY, HOUR, Floats, Ints, choose

STORES = 36
CAMPAIGN_EVERY = 4 * DAY
CAMPAIGN_LENGTH = 10 * DAY
CHANNELS = ("EMAIL", "SMS", "PUSH", "SOCIAL", "IN_APP")


@dataclass(frozen=True)
class Products:
    """Things sold, cheapest first: prices in pence, how often each is asked for."""

    word: Ints
    price: Ints
    cost: Ints
    demand: Floats


def products(world: World) -> Products:
    """The range of products."""
    rng = world.rng("products", 1, 0)
    size = len(words.PRODUCTS)
    price = np.sort(np.maximum(45, np.exp(rng.normal(6.5, 0.85, size))).astype(np.int64))
    price = price // 10 * 10 + 5 * rng.integers(0, 2, size) + 4
    cost = (price * rng.uniform(0.35, 0.7, size)).astype(np.int64)
    return Products(rng.permutation(size), price, cost, 1 / (1 + rng.permutation(size)) ** 0.7)


@dataclass(frozen=True)
class Campaigns:
    """Campaigns, oldest first; `number` counts from the beginning of the world."""

    number: Ints
    start: Ints
    channel: Ints


def campaigns(world: World, batch: Batch) -> Campaigns:
    """All campaigns that began by the end of the batch."""
    first = world.batches[0].start
    number = np.arange(-(-(batch.end - first) // CAMPAIGN_EVERY), dtype=np.int64)
    rng = world.rng("campaigns", 1, 0)
    longest = choose(rng, 16_384, (55, 15, 15, 8, 7))
    return Campaigns(number, first + number * CAMPAIGN_EVERY + 8 * HOUR, longest[number % 16_384])
