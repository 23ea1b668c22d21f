"""Plain invented names of streets, firms, institutions and households, in English and in Chinese."""

from __future__ import annotations

TREES = ("Linden", "Oak", "Maple", "Birch", "Chestnut", "Willow", "Cedar", "Poplar", "Alder", "Elm", "Rowan")
PLACES = ("Mill", "Market", "Station", "Bridge", "School", "Church", "Garden", "Harbour", "Meadow", "Quarry", "Tower")
ENDINGS = ("Street", "Road", "Lane", "Way", "Row", "Avenue", "Walk")
SPOTS = (
    "Northfield",
    "Southgate",
    "Eastwood",
    "Westbank",
    "Upper Ford",
    "Lower Well",
    "Riverside",
    "Hillview",
    "Lakeland",
)
SPOTS_ZH = ("东湖", "西山", "南门", "北苑", "滨河", "林荫", "学府", "中心", "新区", "桥头", "花园", "车站")

TRADES = {
    "ordinary": ("Trading", "Logistics", "Engineering", "Textiles", "Foods", "Printing", "Design", "Software"),
    "public": ("School", "Library", "Clinic", "Police Station", "Town Hall", "Tax Office", "Fire Station", "Museum"),
    "finance": ("Bank", "Savings Bank", "Securities", "Insurance", "Trust", "Leasing"),
}
TRADES_ZH = {
    "ordinary": ("商贸有限公司", "物流有限公司", "机械有限公司", "科技有限公司", "食品有限公司", "印刷厂"),
    "public": ("小学", "图书馆", "医院", "派出所", "政务服务中心", "税务所"),
    "finance": ("银行支行", "证券营业部", "保险公司", "信托公司", "期货营业部"),
}


def street_names(count: int, layout: str) -> list[str]:
    """Name so many streets; where names run out they are numbered."""
    if layout != "grid":
        word = "Spoke" if layout == "star" else "Road section"
        return [f"{word} {number}" for number in range(1, count + 1)]
    words = [word for pair in zip(TREES, PLACES, strict=True) for word in pair]
    plain = [f"{word} {ending}" for ending in ENDINGS for word in words]
    rounds = -(-count // len(plain))
    return [name if turn == 0 else f"{name} {turn + 1}" for turn in range(rounds) for name in plain][:count]


def customer_name(customer_class: str, *, chinese: bool, address: str, number: int, word: int) -> str:
    """Name a customer: households by their address, everybody else by an invented firm.

    `number` keeps firms apart whose words are the same; `word` is a random whole number that picks them.
    """
    if customer_class == "residential":
        return f"住户 {address}" if chinese else f"Household {address}"
    spots, trades = (SPOTS_ZH, TRADES_ZH) if chinese else (SPOTS, TRADES)
    rest, spot = divmod(word, len(spots))
    trade = trades[customer_class][rest % len(trades[customer_class])]
    return f"{spots[spot]}{trade}（{number}）" if chinese else f"{spots[spot]} {trade} {number}"
