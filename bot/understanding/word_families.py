"""Families of words that tell what a message is about, and what the shop does not do.

Written by hand. A family stands for all its words, also those that no example holds: a
new bank's name is a bank's name. Each family is one input of both halves of the model;
what it means for an intent is learnt. Words are looked for in the text without blanks,
in lower case.
"""

from __future__ import annotations

from collections import defaultdict

# What customers ask a shop's bot about that is not the shop's.
ELSEWHERE = {
    "other_shop": "쿠팡 지마켓 옥션 십일번가 11번가 위메프 티몬 알리익스프레스 알리에서 테무 아마존 이베이 "
    "당근마켓 당근에서 번개장터 중고나라 무신사 올리브영 이마트 홈플러스 롯데마트 코스트코 다이소 네이버쇼핑 "
    "스마트스토어 마켓컬리 쓱닷컴 다른쇼핑몰 다른사이트",
    "food_delivery": "배민 배달의민족 요기요 쿠팡이츠 배달음식 치킨 피자 짜장면 햄버거 떡볶이 족발 커피한잔 "
    "음식점 식당 맛집 메뉴추천",
    "meals": "점심 저녁메뉴 저녁뭐 아침밥 배고파 레시피 끓이는 굽는 요리 김치찌개 라면 밥먹 밥은 맛있 반찬 "
    "다이어트 칼로리 술먹 소주 맥주 커피",
    "bank": "은행 뱅크 토스 대출 적금 예금 금리 계좌개설 신용등급 증권 주식 주가 코인 비트코인 업비트 펀드 환율 "
    "이자 카드사 카드발급 체크카드만들 신용카드발급 청약 연금",
    "insurance": "보험 실비 암보험 보험료 사고접수",
    "travel": "호텔 펜션 숙소 객실 체크인 체크아웃 조식 항공 비행기 공항 수하물 여행 렌터카 렌트카 기차 ktx srt "
    "고속버스 버스 지하철 택시 여권 비자 승차권 좌석 예매 콘도 리조트 투어 코레일",
    "public_office": "정부24 홈택스 등본 주민센터 동사무소 구청 시청 병무청 여권 운전면허 전입신고 연말정산 "
    "실업급여 건강보험 국세청 세무서 법원 경찰서 소방서 과태료 벌금 민원 세금 신고기간 국민연금 최저임금 "
    "사업자등록 우체국",
    "health": "병원 의사 약국 감기 두통 머리아 머리가아 배아 열나 코로나 백신 진료 처방 타이레놀 허리 디스크 "
    "치과 한의원 임신 건강검진 아픈데 증상",
    "weather": "날씨 비오 비와 비가 눈오 눈이오 미세먼지 기온 몇도 태풍 우산 더워 추워 습도 장마 황사 폭염",
    "media": "넷플릭스 유튜브 드라마 영화 웹툰 노래 음악 가수 아이돌 콘서트 티켓 야구 축구 월드컵 손흥민 "
    "경기결과 골넣 게임 스포츠 예능 방송 뉴스 소설 공연 연예인",
    "other_accounts": "인스타 페이스북 페북 트위터 틱톡 구글 네이버아이디 네이버계정 카카오뱅크 카톡비번 지메일 "
    "디스코드 애플아이디 앱스토어 플레이스토어",
    "phone_plan": "요금제 데이터충전 데이터를다 번호이동 지원금 로밍요금 유심 개통 와이파이 인터넷설치 인터넷이 "
    "휴대폰요금 핸드폰요금 공유기 티비요금 기기변경 약정",
    "jobs": "알바 아르바이트 채용 이력서 자소서 면접 연봉 취업 구인 입사 일자리 월급 퇴사 인턴 경력직",
    "school": "숙제 수학 방정식 광합성 번역 독후감 과제 시험 공부 학교 학원 영어로 구구단 조선시대 논문 수능 코딩 "
    "파이썬 역사 과학 대학",
    "small_talk": "심심 외로워 사랑해 결혼 여자친구 남자친구랑 친구할 친구해 헤어졌 농담 재밌는 웃긴 끝말잇기 "
    "가위바위보 운세 사주 mbti 꿈이 취미 몇살 나이가 고민 위로 우울 슬퍼 놀아 인생 외계인 귀신 종교 하느님 예수 "
    "부처 퀴즈 삼행시 시한편 잠이안",
    "politics": "대통령 국회의원 정치 선거 투표 북한 여당 야당 지지율 전쟁 통일 국회 정부",
    "household": "불꺼 불켜 에어컨켜 알람 전화걸어 문자보내 길안내 네비 일정등록 타이머 청소해 보일러 가스점검 "
    "수도 전기 정수기점검 관리비 아파트 전세 월세 부동산 집값 변호사 이혼 소송 이사업체",
    "pets_and_plants": "강아지 고양이가 산책 화분 식물",
    "advertising_to_us": "체험단 제휴 투자 수익 광고제휴 홍보대행 마케팅회사 협찬 링크들어 부업",
    "date_and_time": "몇시야 몇시예요 며칠이야 무슨요일 오늘날짜 지금시간",
}

# What the shop is asked about.
SHOP = {
    "parcel": "배송 택배 송장 운송장 출고 발송 배달 도착 기사님 집하 배송비 출하 물건 소포 상차",
    "late": "늦 지연 아직도 밀렸 미뤄 언제까지기다 약속한날 지났는데 안와 안옴 안왔 안오 깜깜",
    "lost": "못받 안받 분실 없어졌 배송완료 배달완료 받은적 옆집 다른집 엉뚱 도둑 사라졌 오배송",
    "missing": "빠졌 누락 빠져 안들어 다른게 다른상품 다른색 덜왔 덜온 하나만왔 개수가 구성품 사은품이없 오상품",
    "place": "배송지 주소 경비실 문앞 공동현관 수령인 받는사람 재배송 부재 배송메모 배송일 무인택배 받는분",
    "past_orders": "주문내역 구매내역 주문목록 샀던 산거 구매한 구매이력 주문이력",
    "cancelling": "취소 안살 안사 무를 철회",
    "returning": "반품 교환 환불 수거 회수 돌려보내 반송 하자 불량",
    "refund": "환불금 입금언제 돈언제 언제돌려 환급 환불됐 환불은 카드취소",
    "receipt": "영수증 계산서 명세서 증빙 증명서 현금영수증 거래내역서",
    "changing": "바꿔 바꾸 변경 수정 추가 옵션 합쳐 합배송 묶음",
    "payment": "결제 카드 무통장 입금 할부 간편결제 이중결제 두번결제 두번빠 페이 계좌이체 승인",
    "account": "로그인 비밀번호 비번 아이디 회원가입 가입 휴면 등급 프로필 닉네임 계정",
    "points": "적립금 포인트 마일리지 쿠폰 할인권 적립",
    "conditions": "만료 소멸 유효기간 기한 중복 같이쓸 적용 최소금액 제외",
    "discount": "할인 세일 이벤트 혜택 행사 특가 프로모션 싸게 깎아 더싸",
    "amends": "보상 배상 사과 위로 책임 손해 물어내 변상 성의",
    "privacy": "개인정보 내정보 탈퇴 삭제 열람 정정 처리정지 파기 기록지워",
    "terms": "약관 처리방침 방침 보관기간 제3자 개정 조항",
    "advertising": "광고 마케팅 수신 동의 철회 수신거부 스팸 홍보",
    "notices": "알림 알람 푸시 알림톡 통지 안내문자",
    "person": "상담원 상담사 사람이랑 사람하고 사람연결 직원 담당자 연결 통화 콜백",
    "hours": "영업시간 상담시간 운영시간 고객센터 몇시까지 몇시부터 전화번호 대표번호 점심시간 주말에도 대기",
    "inquiry": "문의한 문의했 접수 답변 답장 회신 처리상황 진행상황 지난번문의 연락준다 연락주신",
    "bot": "로봇 챗봇 기계 ai 인공지능 봇이 봇이야 사람이야 사람이세요 사람맞",
    "help": "도움말 메뉴 처음으로 사용법 뭐할수 뭘할수 무슨기능 어떻게쓰 기능 초기화 다시시작",
    "code_by_text": "인증번호 인증문자 문자가안 문자안 코드가안 번호가안와 인증코드",
    "pass_app": "패스 pass 패쓰 통신사앱",
    "browser": "브라우저 크롬 사파리 팝업 쿠키 창이 화면 하얀 흰화면 빈화면 자바스크립트 인앱 익스플로러 엣지",
    "mismatch": "불일치 일치하지 이름 생년월일 명의 생일 외국인 알뜰폰 개명 띄어쓰기",
    "network": "오류 에러 시간초과 타임아웃 서버 접속 통신장애 네트워크 장애 502 점검중 먹통",
    "verification": "인증 본인확인 본인인증",
    "other_ways": "다른방법 말고다른 ars 공동인증서 아이핀 신용카드로인증 해외 로밍 폰이없 핸드폰없 휴대폰이없",
    "block": "차단 잠겼 잠금 막혔 막아 정지 풀어 해제",
    "goods": "재고 품절 입고 사이즈 색상 추천 재질 소재 방수 용량 몇리터 신상 원산지 정품 성분 무게",
    "comparing": "저번이랑 저번에 지난번이랑 지난번보다 예전 전에산 같은거 같은제품 같은상품 똑같은건 왜비싸 "
    "올랐 달라졌 차이",
}

# How it is said.
TONE = {
    "thanks": "감사 고마 고맙 땡큐 수고 덕분 해결됐 해결되었",
    "parting": "안녕히 끊을 담에 나중에 종료 끝낼 바이 이만",
    "anger": "짜증 열받 화나 신고 장난 미친 개판 최악 쓰레기 엉망 어이없 실망 빡 불친절 사기",
    "unsolved": "그대로 여전히 똑같 또안 해결안 소용 도움이안 도움안 아직도안 했는데도 안되는데요 이미해",
}

FAMILIES = {
    name: tuple(words.split()) for name, words in (ELSEWHERE | SHOP | TONE).items()
}


def _index_by_first_letter() -> dict[str, list[tuple[str, str]]]:
    index: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, words in FAMILIES.items():
        for word in words:
            index[word[0]].append((word, name))
    return dict(index)


_WORDS = _index_by_first_letter()


def find_families(text: str) -> list[str]:
    """Names of the families that a text has a word of, each once, in order of names."""
    joined = text.replace(" ", "").lower()
    found = {
        name
        for place, letter in enumerate(joined)
        for word, name in _WORDS.get(letter, ())
        if joined.startswith(word, place)
    }
    return sorted(found)
