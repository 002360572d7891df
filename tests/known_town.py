"""What a town knows besides its people and houses: prices, areas, duty phones, stations, answers."""

from datetime import date

from sqlalchemy import select, update

from models.base.orm import put, session
from models.enquiry.tables import KnownAnswer
from models.fee.tariffs import set_price
from models.person.tables import Staff
from models.place.stations import Station
from models.place.tables import Building, Community, Estate, Household
from models.place.version import raise_version


def tell_what_is_known() -> None:
    """To the town of factories.a_town. 王阿姨's home has 50 m² at 0.30 yuan: 180 yuan a year."""
    community = session().scalars(select(Community.id).where(Community.name == "育英社区")).one()
    estate = session().scalars(select(Estate).where(Estate.name == "育英小区")).one()
    third = (
        session()
        .scalars(select(Building.id).where(Building.estate_id == estate.id, Building.name == "3"))
        .one()
    )
    estate.management = "community_led"
    set_price(estate.id, 3000, date(2020, 1, 1))
    put(Household, building_id=third, unit_name="2", room="501", area=5000, active=True)
    session().execute(update(Staff).where(Staff.number == "G001").values(duty_phone="0455-1234567"))
    session().execute(update(Staff).where(Staff.number == "C001").values(duty_phone="0455-7654321"))
    a_station(community, "暖心驿站", ["rest", "warm", "water", "toilet"], "每天 8:00-20:00", 126.9913, 46.63)
    a_station(community, "骑手之家", ["rest", "charge"], "全天", 126.985, 46.63, address="东门口")
    put(
        KnownAnswer,
        community_id=community,
        question="停水",
        words=["明天+停水"],
        answer="明天8点到12点停水，是换阀门。",
        source="供水公司通知",
        as_of=date(2026, 11, 20),
        valid_until=date(2026, 11, 30),
        active=True,
    )
    raise_version()


def a_station(
    community: int, name: str, kinds: list[str], hours: str | None, longitude: float | None,
    latitude: float | None, address: str | None = None,
) -> None:  # fmt: skip
    put(
        Station,
        community_id=community,
        name=name,
        kinds=kinds,
        hours=hours,
        longitude=longitude,
        latitude=latitude,
        address=address,
        active=True,
    )
