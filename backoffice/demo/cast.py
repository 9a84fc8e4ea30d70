"""The demo customers that each tell one story, true at any hour of the day the data is made for."""

from __future__ import annotations

from datetime import timedelta

from backoffice.customers.tables import Grade
from backoffice.delivery.policy import is_business_day
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.demo import cast_orders, shape
from backoffice.demo.catalogue import PRODUCTS
from backoffice.demo.crowd import amends, attempt, block
from backoffice.demo.journeys import Journey
from backoffice.demo.orderbook import OrderBook, ordered_at

_GOODS = {product.name: product for product in PRODUCTS}
Told = tuple[str, shape.Customer]
# The one whose parcel was reported to move again after it had come.
DOUBTED = 19


def cast(book: OrderBook, rules: DeliveryRules) -> list[Told]:
    """Return each story in one Korean line with the customer who tells it, in the order a picker shows them."""
    return [
        ("한 건이 배송 중이에요. 물어보면 바로 답해요.", _someone(1, "김하늘", orders=(_on_the_way(book, rules),))),
        ("여러 건이 배송 중이에요. 어느 주문인지 골라요.", _someone(2, "이도윤", orders=_several(book))),
        ("아직 주문이 없어요.", _someone(3, "박서연")),
        ("배송이 늦어졌고 까닭이 있어요(날씨).", _someone(4, "최민준", orders=(_late(book, "weather"),))),
        ("어제까지 배송이 끝난 주문이 있어요.", _someone(5, "정수아", orders=_arrived(book))),
        ("취소된 주문과 합배송된 주문이 있어요.", _someone(6, "강지호", orders=_cancelled_and_merged(book, rules))),
        ("인증번호가 거듭 오지 않았어요.", _someone(7, "윤예린", attempts=_failing(book, "sms_not_received"))),
        (
            "평소와 다른 접속으로 이용이 막혀 있어요.",
            _someone(8, "한도현", blocks=(_blocked(book, "abnormal_access"),)),
        ),
        ("VIP이고, 늦은 배송으로 보상을 받은 적이 있어요.", _vip(book)),
        ("이름이 달라 인증에 실패했어요(알뜰폰).", _someone(10, "신유찬", attempts=_failing(book, "info_mismatch"))),
        ("반품했고 환불을 기다리고 있어요.", _someone(11, "문가온", orders=(_sent_back(book),))),
        ("적립금과 곧 끝나는 쿠폰이 있어요.", _saver(book)),
        ("도착일이 두 번 바뀌었어요(주소 오류).", _someone(13, "임소담", orders=(_moved_twice(book),))),
        ("명의 도용이 의심되어 막혀 있어요.", _someone(14, "배나래", blocks=(_blocked(book, "identity_misuse"),))),
        ("창고에 재고가 없어 포장이 멈춰 있어요.", _someone(15, "조아람", orders=(_late(book, "stock_error"),))),
        (
            "카카오톡으로 이야기하는 고객이에요.",
            _someone(16, "서온유", orders=(_on_the_way(book, rules),), kakao="demo-kakao-key"),
        ),
        ("인증창이 열리지 않았어요(앱 속 브라우저).", _someone(17, "송다온", attempts=_failing(book, "browser"))),
        (
            "본인 정보가 여러 번 달라 막혀 있어요. 문자로 받은 인증번호를 적으면 바로 풀려요.",
            _someone(31, "노을찬", blocks=(_blocked_since_last_night(book),)),
        ),
        ("배송이 늦어, 물어보면 적립금을 바로 받아요.", _late_and_unpaid(book, 51)),
        ("1년 동안 받을 수 있는 보상을 모두 받았어요.", _at_the_cap(book)),
        ("이미 보상받은 주문으로 다시 물어봐요.", _asking_again(book)),
        ("장바구니에 쿠폰이 들어가지 않아요(최소 금액).", _below_the_minimum(book)),
        ("광고를 받겠다고 동의했고, 이제 그만 받고 싶어요.", _agreed_to_everything()),
        ("PASS 앱으로 인증하지 못했어요.", _someone(18, "류새봄", attempts=_failing(book, "pass_app"))),
        *_with_orders_to_change(book),
        (
            "택배사 기록이 서로 달라요. 아는 대로 말하고 사람이 확인해요.",
            _someone(DOUBTED, "진가람", orders=_arrived(book)),
        ),
    ]


def _with_orders_to_change(book: OrderBook) -> list[Told]:
    fresh = cast_orders.pen_and_tumblers(book)
    buyer = _someone(41, "홍마루", orders=fresh).model_copy(update={"points": cast_orders.spent_points(fresh[0])})
    return [
        ("포장 전인 주문이 있어요. 바로 취소하거나 바꿀 수 있어요.", buyer),
        (
            "며칠 안에 받은 상품을 반품하거나 교환할 수 있어요.",
            _someone(42, "안단비", orders=cast_orders.just_arrived(book)),
        ),
        ("같은 상품을 두 번 샀는데 값이 달라요.", _someone(43, "권이든", orders=cast_orders.bought_twice(book))),
        (
            "옵션을 바꾸고 일부를 취소한 주문이 있어요.",
            _someone(44, "황도담", orders=cast_orders.changed_and_cut(book)),
        ),
    ]


def _someone(
    number: int,
    name: str,
    *,
    orders: tuple[shape.Order, ...] = (),
    attempts: tuple[shape.Attempt, ...] = (),
    blocks: tuple[shape.Block, ...] = (),
    kakao: str | None = None,
) -> shape.Customer:
    return shape.Customer(
        customer_id=f"demo-story-{number:02d}",
        name=name,
        phone=f"010-0000-9{number:03d}",
        email=f"story{number:02d}@example.com",
        address=f"서울 마포구 이음로 {number}, 101동 {number}01호",
        kakao_user_key=kakao,
        orders=tuple(sorted(orders, key=ordered_at)),
        verification_attempts=attempts,
        blocks=blocks,
        consents=shape.Consents(service=True, marketing=False, night_ads=False, third_party=False),
    )


def _on_the_way(book: OrderBook, rules: DeliveryRules, *goods: str) -> shape.Order:
    """Return an order in a sorting centre since yesterday evening or the last working day's, arriving on the next one."""
    days_ago = 2
    while not is_business_day(book.today - timedelta(days=days_ago - 1), rules):
        days_ago += 1
    products = [_GOODS[name] for name in goods or ("러닝화", "양말 5켤레")]
    return book.write(Journey(ordered_at=book.moment(days_ago, 10, 12), stop_after="sorting"), products=products)


def _several(book: OrderBook) -> tuple[shape.Order, ...]:
    return (
        book.write(Journey(ordered_at=book.moment(1, 20, 5), stop_after="paid"), products=[_GOODS["무선 이어폰"]]),
        book.write(
            Journey(ordered_at=book.moment(4, 9, 40), stop_after="packed"),
            products=[_GOODS["기모 후드티"], _GOODS["청바지"]],
        ),
        _late(book, "sorting", "가습기"),
    )


def _late(book: OrderBook, cause: str, *goods: str) -> shape.Order:
    """Return an order that should have come before today and now comes in two working days."""
    products = [_GOODS[name] for name in goods or ("극세사 이불",)]
    days_ago = 4
    while book.planned_arrival(book.moment(days_ago, 11, 30)) >= book.today:
        days_ago += 1
    placed_at = book.moment(days_ago, 11, 30)
    return book.write(
        Journey(ordered_at=placed_at, cause=cause, held_days=book.days_to_hold(placed_at)), products=products
    )


def _arrived(book: OrderBook) -> tuple[shape.Order, ...]:
    order = book.write(Journey(ordered_at=book.moment(9, 10, 0)), products=[_GOODS["백팩"]])
    return (order.model_copy(update={"delivered_place": "문 앞"}),)


def _cancelled_and_merged(book: OrderBook, rules: DeliveryRules) -> tuple[shape.Order, ...]:
    parcel = _on_the_way(book, rules, "텀블러")
    return (
        book.write_cancelled(book.moment(3, 10, 20), by="customer", products=[_GOODS["만년필"]]),
        book.write_merged(ordered_at(parcel) - timedelta(minutes=40), into=parcel, products=[_GOODS["원두 커피"]]),
        parcel,
    )


def _failing(book: OrderBook, cause: str) -> tuple[shape.Attempt, ...]:
    """Return four failures in one evening; on a network of its own where the story says so."""
    carrier = {"info_mismatch": "알뜰폰"}.get(cause, "SKT")
    browser = {"browser": "카카오톡 인앱"}.get(cause, "Chrome")
    tries = (attempt(book, cause, days_ago=1, hour=21, minute=minute) for minute in (2, 6, 11, 19))
    return tuple(one.model_copy(update={"carrier": carrier, "region": "서울", "browser": browser}) for one in tries)


def _blocked(book: OrderBook, reason: str) -> shape.Block:
    return block(book, reason, days_ago=1, hour=20, is_lifted=False)


def _blocked_since_last_night(book: OrderBook) -> shape.Block:
    """Return a block of a day that holds until the last second of today."""
    at = book.moment(0, 0, 0) - timedelta(seconds=1)
    mismatch = _blocked(book, "info_mismatch")
    return mismatch.model_copy(update={"blocked_at": at, "auto_release_at": at + timedelta(days=1)})


def _sent_back(book: OrderBook) -> shape.Order:
    order = book.write(Journey(ordered_at=book.moment(12, 10, 0)), products=[_GOODS["등산화"]])
    returned = book.return_it(order)
    assert returned.refund is not None, "what is sent back is paid back"
    due = book.today + timedelta(days=2)
    return returned.model_copy(
        update={"refund": returned.refund.model_copy(update={"state": "processing", "due_date": due})}
    )


def _moved_twice(book: OrderBook) -> shape.Order:
    order = _late(book, "wrong_address", "탁상 조명")
    first = order.eta_history[0]
    second = book.today - timedelta(days=2)
    return order.model_copy(update={"eta_history": (first, second)})


def _vip(book: OrderBook) -> shape.Customer:
    old = book.write(
        Journey(ordered_at=book.moment(70, 15, 0), cause="packing_queue", held_days=3), products=[_GOODS["패딩 조끼"]]
    )
    now = _late(book, "pickup_missed", "울 목도리")
    assert old.delivered_at is not None, "an order of ten weeks ago has come"
    grant = amends(old, 3)
    line = shape.Points(amount_krw=grant.amount_krw or 0, why="배송 지연 보상", at=grant.at)
    person = _someone(9, "오세아", orders=(old, now))
    return person.model_copy(update={"grade": Grade.VIP, "grants": (grant,), "points": (line,)})


def _late_by_four(book: OrderBook, goods: str) -> shape.Order:
    """Return an order that came four business days late, at the latest yesterday."""
    return book.write(
        Journey(ordered_at=book.moment(16, 10, 0), cause="sorting", held_days=4), products=[_GOODS[goods]]
    )


def _late_and_unpaid(book: OrderBook, number: int) -> shape.Customer:
    return _someone(number, "나이든", orders=(_late_by_four(book, "가습기"),))


def _at_the_cap(book: OrderBook) -> shape.Customer:
    grants = tuple(
        shape.Grant(
            order_id=f"demo-old-52-{number}",
            cause="missing_item",
            kind="points",
            amount_krw=3_000,
            at=book.moment(120 + 30 * number, 15, 0),
        )
        for number in range(6)
    )
    points = tuple(
        shape.Points(
            amount_krw=3_000,
            why="누락 보상",
            at=grant.at,
            expires_at=(grant.at or book.moment(1)) + timedelta(days=365),
        )
        for grant in grants
    )
    person = _someone(52, "채미르", orders=(_late_by_four(book, "텀블러"),))
    return person.model_copy(update={"grants": grants, "points": points})


def _asking_again(book: OrderBook) -> shape.Customer:
    order = _late_by_four(book, "백팩")
    grant = amends(order, 4)
    end = (grant.at or book.moment(1)) + timedelta(days=365)
    line = shape.Points(amount_krw=grant.amount_krw or 0, why="배송 지연 보상", at=grant.at, expires_at=end)
    return _someone(53, "양보라", orders=(order,)).model_copy(update={"grants": (grant,), "points": (line,)})


def _below_the_minimum(book: OrderBook) -> shape.Customer:
    issued = book.moment(3, 10, 0)
    coupon = shape.Coupon(
        coupon_id="demo-coupon-story-54",
        name="겨울맞이 쿠폰",
        rate_percent=10.0,
        issued_at=issued,
        expires_at=issued + timedelta(days=30),
        stackable=False,
        minimum_krw=50_000,
    )
    item = shape.BasketItem(product="텀블러", quantity=2, price_krw=19_000)
    basket = shape.Basket(items=(item,), coupon_ids=("demo-coupon-story-54",))
    return _someone(54, "석다솜").model_copy(update={"coupons": (coupon,), "basket": basket})


def _agreed_to_everything() -> shape.Customer:
    everything = shape.Consents(service=True, marketing=True, night_ads=True, third_party=True)
    return _someone(61, "고은별").model_copy(update={"consents": everything})


def _saver(book: OrderBook) -> shape.Customer:
    earned, spent = book.moment(30), book.moment(10)
    points = (
        shape.Points(amount_krw=5_000, why="구매 적립", at=earned, expires_at=earned + timedelta(days=365)),
        shape.Points(amount_krw=-2_000, why="주문에 사용", at=spent),
    )
    issued = book.moment(5, 10, 0)
    coupon = shape.Coupon(
        coupon_id="demo-coupon-story-12",
        name="7일 감사 쿠폰",
        rate_percent=10.0,
        issued_at=issued,
        expires_at=issued + timedelta(days=7),
        stackable=False,
    )
    return _someone(12, "장루다").model_copy(update={"points": points, "coupons": (coupon,)})
