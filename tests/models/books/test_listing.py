"""What waits for whom, on both databases."""

from datetime import date

from open_books import Books

from models.books import listing, spending, vouchers
from server.database import Database


def test_each_sees_what_waits_for_them(db: Database, books: Books) -> None:
    def work() -> None:
        zheng, zhao, li = books.cast.leader.id, books.cast.zhao.id, books.cast.li.id
        here = [books.estate]
        draft = books.entered(item="草稿")
        waiting = books.waiting(item="等人批")
        booked = books.booked(item="入了账", payee_kind="staff", payee="李师傅")
        refused = books.waiting(item="没批")
        spending.refuse(refused, books.zheng, "不该买")
        assert [one.id for one in listing.to_approve(here, zheng)] == [waiting.id]
        assert listing.to_approve(here, zhao) == []
        assert listing.to_approve([books.other], zheng) == []
        assert [one.id for one in listing.own_open(here, li)] == [draft.id, waiting.id, refused.id]
        assert [one.id for one in listing.with_conflicts(here)] == [booked.id]
        assert [one.id for one in listing.recent(here)] == [booked.id]
        assert listing.incomes_to_approve(here, zheng) == []
        assert [one["item"] for one in listing.lines()] == ["草稿", "等人批", "入了账", "没批"]

    db.write(work)


def test_a_voucher_waits_for_its_copy_and_the_copy_for_a_second_look(db: Database, books: Books) -> None:
    def work() -> None:
        here, zheng, zhao = [books.estate], books.cast.leader.id, books.cast.zhao.id
        outlay = books.booked()
        assert listing.without_public_voucher(here) == []
        vouchers.attach(outlay, "ab/x.jpg", books.zhao)
        assert [one.id for one in listing.without_public_voucher(here)] == [outlay.id]
        vouchers.show_blackened(outlay, "ab/y.jpg", books.zhao)
        assert listing.without_public_voucher(here) == []
        assert [one.id for one in listing.to_clear(here, zheng)] == [outlay.id]
        assert listing.to_clear(here, zhao) == []
        vouchers.clear(outlay, outlay.voucher_public or "", books.zheng)
        assert listing.to_clear(here, zheng) == []
        assert vouchers.public_picture(outlay.voucher_public or "", outlay) is not None
        assert vouchers.public_picture(outlay.voucher or "", outlay) is None
        vouchers.show_blackened(outlay, "ab/z.jpg", books.zheng)
        assert vouchers.public_picture(outlay.voucher_public or "", outlay) is None

    db.write(work)


def test_months_are_to_be_put_up_from_the_first_booking_on(db: Database, books: Books) -> None:
    def work() -> None:
        september, october = date(2026, 9, 1), date(2026, 10, 1)
        assert listing.months_to_publish([books.estate]) == [
            (books.estate, september),
            (books.estate, october),
        ]
        assert listing.months_to_publish([books.other]) == []
        books.put_up(september)
        assert listing.months_to_publish([books.estate]) == [(books.estate, october)]

    db.write(work)
