"""The names of goods, and the learned judgement whether they mean goods."""

from __future__ import annotations

import time

import pytest

from bot.components.kiwi_analyser import analyse, load_kiwi
from bot.components.product_judge_training import AnnotatedText, find_in_reading, train_judge
from bot.text.goods import load_goods, parse_goods
from bot.text.product_judge import ProductJudge
from bot.text.product_nouns import AROUND, DEVICES
from bot.text.products import find_products
from bot.text.reading import read


def find(text, judge=None):
    return [each.value for each in find_products(text, analyse(load_kiwi(()), text), judge=judge)]


def annotate(text, *goods):
    spans = [(text.index(name), text.index(name) + len(name)) for name in goods]
    return AnnotatedText(text, analyse(load_kiwi(()), text), spans)


def test_names_stand_in_their_category():
    assert parse_goods("# of all kinds\n[food]\n쌀 김\n\n[pets]\n고양이_모래\n") == {
        "food": {"쌀", "김"},
        "pets": {"고양이 모래"},
    }


def test_a_name_without_a_category_is_refused_by_line():
    with pytest.raises(ValueError, match="line 2"):
        parse_goods("# names\n쌀\n")


def test_the_shop_sells_more_than_two_thousand_names_in_sixteen_categories():
    goods = load_goods()
    assert len(goods) >= 16
    assert len(frozenset().union(*goods.values())) >= 2000


def test_no_general_word_is_a_name():
    general = {
        "상품",
        "물건",
        "제품",
        "선물",
        "사은품",
        "택배",
        "주문",
        "쿠폰",
        "포인트",
        "상품권",
        "색상",
        "사이즈",
        "배송",
        "어제",
        "밤",
        "문자",
    }
    assert not general & frozenset().union(*load_goods().values())


def test_what_is_said_of_devices_and_furniture_is_about_names_that_exist():
    assert not (AROUND | DEVICES) - frozenset().union(*load_goods().values())


def test_a_judge_learns_what_is_said_where_goods_are_meant():
    taught = [
        *(annotate(f"{name} 반품하고 싶어요", name) for name in ("운동화", "셔츠", "냄비", "모자")),
        *(annotate(f"{name} 광고 좀 그만 띄우세요") for name in ("운동화", "셔츠", "냄비", "모자")),
    ]
    judge = train_judge(taught)
    assert judge is not None
    assert find("우산 반품하고 싶어요", judge) == ["우산"]
    assert find("우산 광고 좀 그만 띄우세요", judge) == []


def test_nothing_is_learned_from_examples_of_one_kind():
    assert train_judge([annotate("운동화 반품", "운동화"), annotate("안녕하세요")]) is None


def test_a_sign_it_does_not_know_does_not_change_a_judgement():
    judge = ProductJudge({"stated": 3.0}, bias=-1.0)
    assert judge.means_goods(judge.weigh(["stated", "said=처음/NNG"]))
    assert not judge.means_goods(judge.weigh(["said=처음/NNG"]))


def test_a_sign_counts_once():
    judge = ProductJudge({"said=환불/NNG": 0.6}, bias=-1.0)
    assert not judge.means_goods(judge.weigh(["said=환불/NNG", "said=환불/NNG"]))


def test_blanks_inside_a_name_do_not_break_it():
    assert find("욕실 매트 주문했는데 안 와요") == ["욕실 매트"]
    assert find("휴대폰 거치대 반품") == ["휴대폰 거치대"]


def test_a_part_is_not_the_goods():
    assert find("밥솥 뚜껑이 깨졌어요") == ["밥솥"]
    assert find("무선 청소기 배터리 얼마나 가요")[0] == "무선 청소기"


def test_a_message_of_nothing_but_names_takes_no_time():
    judge = ProductJudge({}, bias=0.0)
    text = "운동화 셔츠 소파에 " * 400
    morphemes = analyse(load_kiwi(()), text)
    began = time.perf_counter()
    assert len(list(find_products(text, morphemes, judge=judge))) >= 800
    assert time.perf_counter() - began < 2


def test_marks_are_found_in_what_was_read_of_a_text():
    reading = read("ＳＫＴ 운동화")
    start, end = find_in_reading(reading, 4, 7)
    assert reading.text[start:end] == "운동화"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("방한 조끼 반품하고 싶어요", ["방한 조끼"]),
        ("자동차 장난감 두 개 주문했어요", ["자동차 장난감"]),
        ("폰 거치대 반품하고 싶어요", ["폰 거치대"]),
        ("보일러 필터 주문했어요", ["보일러 필터"]),
        ("굴비 선물세트 주문했는데 언제 와요", ["굴비 선물세트"]),
        ("간판 언제 와요", ["간판"]),
        ("상으로 줄 필통 주문했어요", ["필통"]),
        ("사과 두 상자 주문했어요", ["사과"]),
    ],
)
def test_words_that_describe_goods_belong_to_the_name(text, found):
    assert find(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "옆 꽃집에 맡기고 가셨어요",
        "사과 전화 한 통 없네요 언제 와요",
        "당근이지",
        "블록 해제 바람",
        "수선집에 맡긴 바지가 줄었네요",
    ],
)
def test_a_shop_an_apology_and_a_plain_yes_are_no_goods(text):
    assert find(text) == []
