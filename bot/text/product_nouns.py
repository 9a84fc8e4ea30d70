"""How the names of goods behave in a sentence.

Data only, read by `bot.text.products`; the names themselves are in `goods.txt`. The names
in the training annotations are added when a model is trained. Matching against what a
customer really ordered is done by the actions, which know the orders.
"""

from __future__ import annotations

# Parts and packings: they name goods together with the goods before them.
_PARTS = """
선물세트 세트 케이스 커버 필터 리필 토너 카트리지 모래 사료 간식 장식 토퍼 건조대 스틱 패드 스탠드 거치대 용지 원두 잼 팩
시트 파우치 가루 의자 책상 충전기 케이블 필름 키트 조끼 바지 셔츠 티셔츠 원피스 패딩 코트 점퍼 자켓 양말 신발 운동화
이어폰 청소기 커튼 이불 베개 매트 컵 가방 모자 장갑 쌀 커피 크림 오일 쿠션 우유 케이크 렌즈 건전지 세정제 바구니
잉크 조명 상자 목줄 쉐이크 음료 티 주스 즙 샴푸 방석 계단 침대 화분 받침대 보관함 정리함 수납함 선반 장
"""

# Words that say what goods are made of, for whom or what for; they belong to the name.
_QUALITIES = """
겨울 여름 봄 가을
무선 유선 전동 자동 수동 휴대용 접이식 충전식 대형 소형 중형 미니 초대형 대용량 스마트 로봇 블루투스 게이밍 전기 태양광 디지털 기계식
기모 린넨 실크 가죽 면 울 캐시미어 벨벳 밍크 극세사 순면 순금 도자기 원목 대나무 스텐 스테인리스 유리 고무 라탄 세라믹 티타늄 대리석 옥 황토 무지 체크 꽃무늬
남성 여성 남자 여자 아동 유아 아기 어린이 남성용 여성용 아동용 유아용 강아지 고양이 반려견 환자용 가정용 업소용 주방용 욕실용 캠핑용 차량용 사무용 여행용 휴대폰 노트북
냉동 냉장 국산 수입산 유기농 무농약 햇 반건조 훈제 단백질 등산 캠핑 골프 요가 수영 낚시 빨래 드립백 캡슐 보행 실험 작업 포장 단체 커플 텃밭 여행 틀니 백일상 욕창 목욕 양문형
방한 폰 자동차
무릎 허리 엉덩이 손목 발목 어깨 팔꿈치 종아리 척추
"""

# Things people also use to reach the shop: goods only when the message is not about that.
_DEVICES = """
컴퓨터 노트북 맥북 태블릿 아이패드 스마트폰 아이폰 갤럭시 휴대폰 핸드폰 효도폰 전화기 모니터 티비 텔레비전 TV 키보드 마우스 카메라 공유기 마이크 스마트워치 애플워치 갤럭시탭 갤탭 데스크탑
"""

# Things that stand in every home or that people wear: named as well to say where or how.
_AROUND = """
냉장고 세탁기 식탁 소파 침대 의자 책상 이불 화분 선반 옷장 장롱 거울 커튼 전구 형광등 조명 시계 안경 돋보기 지갑 가방 핸드백 배낭 책가방 캐리어 옷 바지 잠옷 모자
자전거 킥보드 오토바이 휠체어 지팡이 에어컨 전자레인지 에어프라이어 오븐 정수기 저울 휴지통 쓰레기통 걸레 아이스박스 텀블러 수건 장갑 유모차 보청기 도어락 라디오 달력 책 공책 노트 앨범
풍선 타이어 인덕션 그릇 컵 칼 가위 우산 양산 봉투 비닐봉투 비닐봉지 테이프 보자기 배터리 건전지 리모컨 리모콘 충전선 케이블 렌즈 필터 수세미 방충망 꽃 장미 화환 앨범 스티커 포토카드 답례품 단체복
"""

# Names that mean something else more often; they need the words of buying right beside them.
_DOUBTFUL = """
펜 칼 스탠드 벨트 시트 크림 매트 마이크 버너 계산기 튜브 스틱 참고서 교재 잡지 공구 간식 조화 워커 스캐너 밀대 리필 필름 파스 밴드 샤프 방석
약 꿀 김 풀 기타 배트 가지 팩 쿠션 랩 시리얼 제기 수의 칠판 깃발 가구 트리 타일 메달 딸랑이 엿 바구니 도시락 차 콩 팥 흙 모종 조기 죽 껌 잼 파이 무 당근 라텍스 로즈마리 우의 연고 과도 솥 지구본 허브 카트 후드 나시
오일 미스트 파우더 왁스 로션세트 마스크 사탕 비타민 빵 빗 자물쇠 사다리 스크린 블록 밥상 볼링공 원판 울타리 펜스 호스 소금 떡 술 소주 맥주 커피 우유 피자 치킨 짜장 탕수육 나물 물티슈 화투 이어팁 단백질 학습지 교구 교정기 족자 도장
"""

PARTS = frozenset(_PARTS.split())
QUALITIES = frozenset(_QUALITIES.split())
DEVICES = frozenset(_DEVICES.split())
AROUND = frozenset(_AROUND.split())
DOUBTFUL = frozenset(_DOUBTFUL.split())
