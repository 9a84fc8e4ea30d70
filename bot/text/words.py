"""Word lists that tell Korean from English when the keyboard was in the wrong language.

Data only, read by `bot.text.keyboard`.
"""

from __future__ import annotations

# Syllables of plausible Korean. Source: all that occur four times or more in the intent
# examples under data/nlu, which is 99.4 % of their running syllables.
COMMON_SYLLABLES = frozenset(
    "가각간갈감갑값갔강갖같개객갱거건걸검겁것겄게겠겨격견결겼경계고곧골곱곳공과관광괜교구국군굴굿궁권귀규그근글긁금급기긴길김까깎깐깔깜깨꺼껐께꼬꼭꾸꾼꿀꿔꿨뀌뀐끄끊끝끼나난날남납났낮내"
    "낸낼냄냈냉냐냥너넘넣네넵넷녀녁년녕노녹놀높놓놔놨뇨누눈눌눠뉴느는늘늙능늦니닌님닙다단닫달담답당대더덕던덜데델도독돈돌동돼됐되된될됨됩두둔둘뒤드든듣들듯등디딨딩따딴딸때땡떠떡떤떨떴떻"
    "떼또똑뚱뜨뜯뜰뜹뜻띄라락란람랍랐랑래랙랜램량러런럼렀렇레려력렸령례로록론롬료루뤄류르른를름리릭린릴림립릿링마막만많말맙맛망맞맡매맨머먹먼멀멈메멤며면멸명몇모목몰못무묶문물뭐뭔뭘뭡미"
    "민믿밀밍바박밖반받발밤밥방배백뱅버번벌법베벤벨벽변별병보복본볼봅봇봉봐봤부북분불붙뷰브블비빈빙빠빡빨빼뽑사삭산살삼샀상새색생서석선설섯성세센셔션셨소속손송쇼수숙순숫쉬쉽슈스슨습승시"
    "식신실싫심십싶싸싼쌀쌓써썼쓰쓴쓸씀씨씩아안않알암았앞애액앱야약얀양얘어억언얼엄업없엇었엉에엔엘여역연열였영옆예옛오온올옮옴옵옷와완왔왜외요욕용우운울움웃워원월웠위유율으은을음응의이"
    "인일읽잃임입잇있잉잊자작잔잖잘잠잡장재저적전절젊점접정제젠져졌조족존좀종좋좌죄죠주죽준줄중줘줬즈즘증지직진질짐집짓짜짝째쪽쭉쭤쯤찍차착찮참창찾채책챗챙처천철첨첫청체쳐쳤초총최추축출"
    "춤충춰취츠치친칠침카칸캐캡커컨컴케켓켜켰코콜쿠큐크큰큼키킨타탁탈태택터테텔템토톡통퇴투튕튜트특튼틀티팀팅파판팔팝패팩팸퍼페펜편평포폰표푸풀품풍퓨프픈플피필핑하학한할함합항해핸했행허"
    "험헬혀현혔형혜호혹혼홈홍화확환활황회횟효후휴흘희흰히힌힘"
)

# Everyday English whose keys happen to give common syllables (`work` is 재가).
# Source: words of technical documentation, cut to those with this property.
_ENGLISH = """
    when also than then such work works form forms todo auto them sign signs signal
    signals auth span spans slack down theory theme turn turns dual disk disks torch torn
    fork forks slash flash clash curl goto dirty dusty duty forty corp worn goal goals
    snap forth formal flask dial dish coral cork duck duel fuel rock sick soap rush rusty
    town towns downs downtown whale chapel disturb flavor thrown chaos clark claus chem
    angus russian shah sigh sudo smtp workdir xpath django flatmap fury guru turtle toto
    solo coco soho whoa dodo torus goth rotor rotorua socks
"""

# What customers mean in English while the keyboard writes Hangul (ㅔㅁㄴㄴ is `pass`).
_SERVICE = """
    hi hello ok okay yes no sms ars pass skt kt lg lgu vip app pc ios chrome edge safari
    naver kakao login logout help thanks thankyou error url qr otp id email event gps
    usim esim cs as faq tv
"""

ENGLISH_WORDS = frozenset(_ENGLISH.split())
SERVICE_WORDS = frozenset(_SERVICE.split())
