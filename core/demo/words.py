"""The words of the sample database. No real person is in it."""

from typing import NamedTuple

ORGANIZATIONS = (
    "해운대구 복지관",
    "순천시 노인복지과",
    "수원시 장안노인복지관",
    "전주시 덕진구청",
    "제주시 돌봄센터",
    "강릉시 보건소",
    "광주 북구 노인종합복지관",
    "대전 유성구 재가센터",
    "춘천시 통합돌봄과",
    "포항시 남구보건소",
    "청주 상당 사회복지관",
    "인천 부평구 독거노인지원센터",
)

# login, shown name, role, number of the organization (0: none), whether disabled
ADMINS = (
    ("kim", "김지원", "system", 0, False),
    ("lee", "이서연", "organization", 1, False),
    ("park", "박도윤", "organization", 2, False),
    ("choi", "최하은", "viewer", 1, False),
    ("jung", "정우진", "organization", 3, True),
)


class CampaignWords(NamedTuple):
    """A campaign; days count back from today, ``hour`` is when it phones (UTC)."""

    name: str
    state: str
    organization: int
    started: int
    ended: int
    hour: int


CAMPAIGNS = (
    CampaignWords("아침 안부", "in progress", 0, 400, 0, 0),
    CampaignWords("저녁 안부", "in progress", 0, 300, 0, 8),
    CampaignWords("주 2회 말벗 전화", "in progress", 0, 150, 0, 5),
    CampaignWords("해운대 복약 확인", "in progress", 1, 90, 0, 2),
    CampaignWords("시범 안부", "ended", 0, 420, 100, 1),
    CampaignWords("퇴원 후 집중 안부", "ended", 0, 170, 45, 4),
    CampaignWords("주말 안부", "scheduled", 0, 0, 0, 1),
    CampaignWords("순천 치매 예방 말벗", "scheduled", 2, 0, 0, 6),
)

# the commonest first: they are drawn more often
SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구나"
    "민류진지엄채원천방공현함변염여추도소석선설마길연위표명기반"
)
_GIVEN_NAMES = (
    "영희 순자 영자 정숙 말순 옥자 춘자 명자 금자 숙자 경자 정자 화자 복순 점순 옥순 "
    "순옥 영순 정순 금순 말자 분이 끝순 삼순 순덕 복덕 봉희 옥희 인숙 미자 선자 길자 "
    "애자 연자 남순 덕순 춘희 숙희 순희 정희 철수 영수 영호 영식 정식 광수 상철 병철 "
    "성호 종수 기환 용식 만수 동식 태식 춘식 봉수 갑수 창수 덕수 영길 종길 상길 판수 "
    "두식 명수 진호 정호 재호 길동 영철 재식 순철 경수 인수 석봉 대식 칠성 만복 수만 "
)
GIVEN_NAMES = tuple(_GIVEN_NAMES.split())
FIRST_SYLLABLES = "영순정옥명금숙경화복점말분삼덕봉인미선길애연남춘철광상병성종기용만동태갑창판두"
SECOND_SYLLABLES = "희자숙순옥이덕임례분녀심엽란선화금연수호식철환길봉만복석준규근택섭근열근홍태"
ODD_NAMES = (
    "김영희 👵🏻",
    "たなか よしこ",
    "金永姬",
    "Nguyễn Thị Mai",
    "박순자 🌸",
    "サトウ ハナコ",
    "Margaret O'Neill",
    "이 마리아 막달레나",
    "남궁옥분",
    "O’Brien-Kim, Seán",
)
PAUSE_REASONS = (
    "입원",
    "자녀 집 방문",
    "본인 요청",
    "여행",
    "전화기 고장",
    "요양원 단기 입소",
    "백내장 수술",
    "보호자 요청",
)
MEMOS = (
    "따님과 통화함. 다음 달부터 저녁 시간이 좋다고 하심.",
    "지난 방문 때 문이 잠겨 있어 이웃 어르신께 안부 확인.",
    "약 복용을 자주 잊으심. 복약 확인 질문을 더 해 주세요.",
    "귀가 어두우셔서 천천히 크게 말씀드려야 함.",
    "손주 이야기를 하면 기분이 좋아지심 😊",
    "반찬 배달 서비스 연계 예정 (화, 금).",
    "혼자 병원 가기 어려워하심.\n동행 서비스 신청함.\n다음 주에 다시 확인.",
    "월요일은 노래교실에 가셔서 전화를 못 받으심.",
    "보일러 고장 신고 접수, 구청에 전달.",
    "최근 말수가 줄어 방문 상담 요청.",
)
OWN_TASKS = (
    "보일러 수리 기사가 다녀갔는지 확인",
    "바뀐 따님 연락처 받기",
    "도시락 배달 요일을 화·금으로 변경",
    "통장님께 우편물이 쌓였는지 여쭙기",
)
NEXT_STEPS = (
    "오후에 다시 전화해 식사하셨는지 확인",
    "병원 동행 날짜를 정해 알려 드리기",
    "아드님께 방문 결과 전하기",
    "보건소 방문 간호 신청 결과 확인",
)
HANDED_OVER = (
    "오후에 방문한 댁은 모두 이상 없었습니다.\n도시락 업체가 내일은 30분 늦게 온다고 합니다.",
    "밤사이 전화를 받지 않으신 분께는 아침에 다시 걸어 주십시오.\n따님이 다섯 시에 다시 전화하기로 하셨습니다.",
)
DROP_REASONS = (
    "오늘 경로당에서 뵘, 이상 없음",
    "같은 일로 이미 통화함",
    "농담으로 하신 말씀임",
)
GUARDIANS = (
    "김미영 (딸)",
    "박성호 (아들)",
    "이은정 (며느리)",
    "최준혁 (조카)",
    "정수진 (딸)",
    "강민석 (손자)",
)
ACTION_DETAILS = {
    "phoned": ("전화로 안부를 다시 확인함. 식사 잘 하고 계심.", "통화함. 내일 병원 예약.", ""),
    "visited": ("방문하여 혈압을 재고 약을 확인함.", "댁에 방문, 냉장고에 반찬 채움."),
    "service linked": ("동행 병원 서비스 연계.", "도시락 배달 신청함."),
    "emergency dispatched": ("119 출동 요청, 응급실 이송.",),
    "guardian contacted": ("보호자(딸)에게 연락함. 저녁에 방문 예정.", "아드님께 전달함."),
    "no issue found": ("확인 결과 이상 없음. 농담이셨음.", ""),
    "other": ("경로당 회장님께 확인 부탁드림.",),
}
