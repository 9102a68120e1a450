"""Invented cities: as many as asked for, each with facts of its own, always the same ones."""

from __future__ import annotations

from dataclasses import dataclass

# Twenty-four beginnings and forty-eight ends give names enough for a thousand cities.
BEGINNINGS = "an bei chang dong feng guang hai jin kun lan ma nan ping qing rui song tai wan xi yang zhong lin he jing"
BEGINNING_SIGNS = "安北长东丰广海金昆兰马南平青瑞松泰万西阳中林河晋"
ENDS = (
    "bao chuan dan fu gang hua jiang ku ling men ning po quan ru shan tou wei xian yuan zhou cheng du fang gu "
    "hu ji kou long ming nong pu qi ren shui tun wu xing yin zhai cun dian er ge hong jue kai lu"
)
END_SIGNS = "堡川丹福港花江库岭门宁坡泉汝山头威县源洲城都坊谷湖集口龙明农浦祁仁水屯吴兴阴寨村店洱阁虹珏开路"
AREAS = {
    "cn-north": "华北",
    "cn-northeast": "东北",
    "cn-east": "华东",
    "cn-central": "华中",
    "cn-south": "华南",
    "cn-southwest": "西南",
    "cn-northwest": "西北",
    "cn-coast": "沿海",
}
# Of nine cities, one is a core, three are large, five are small.
TIERS = "core edge-large edge-small edge-small edge-large edge-small edge-small edge-large edge-small".split()
WAVES = {"core": 2, "edge-large": 1, "edge-small": 0}
PEERS = 3


@dataclass(frozen=True, slots=True)
class City:
    """One invented city; `number` counts from 0 and chooses all its addresses."""

    number: int
    name: str
    zh: str
    site: str
    tier: str
    area: str
    lat: float
    lon: float
    peers: tuple[int, ...]  # numbers of the cities that take over, nearest first

    @property
    def failover(self) -> list[str]:
        """The names of the cities that take over."""
        return [name_of(number) for number in self.peers]


def cities(count: int) -> list[City]:
    """Give so many cities; the first of a longer list are those of a shorter one, but for their failover."""
    return [_city(number, count) for number in range(count)]


def hub(area: str) -> str:
    """Give the city that an area looks to: the first that stands in it."""
    return name_of(list(AREAS).index(area))


def _city(number: int, count: int) -> City:
    beginning, end = _syllables(number)
    # Within 75 to 130 degrees east and 19 to 52 degrees north; the odd last digit keeps any zero from being cut.
    lat = round(19 + (number * 7919 % 33000) / 1000 + 0.0001, 4)
    lon = round(75 + (number * 104729 % 55000) / 1000 + 0.0001, 4)
    area = list(AREAS)[number % len(AREAS)]
    near = [(number + step * len(AREAS)) % count for step in range(1, PEERS + 1)]
    return City(
        number,
        name_of(number),
        BEGINNING_SIGNS[beginning] + END_SIGNS[end],
        "".join(chr(65 + digit) for digit in (number // 676 % 26, number // 26 % 26, number % 26)),
        TIERS[number % len(TIERS)],
        area,
        lat,
        lon,
        tuple(peer for peer in dict.fromkeys(near) if peer != number),
    )


def name_of(number: int) -> str:
    beginning, end = _syllables(number)
    return BEGINNINGS.split()[beginning] + ENDS.split()[end]


def _syllables(number: int) -> tuple[int, int]:
    beginnings = len(BEGINNINGS.split())
    return number % beginnings, number // beginnings % len(ENDS.split())
