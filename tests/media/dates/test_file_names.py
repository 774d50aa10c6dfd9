"""Dates in the names of files."""

import unicodedata
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.media.dates import Clock, Precision, WrittenDate
from librephotos.media.dates.file_names import date_with_time, day_alone

AFTERNOON = datetime(2023, 5, 19, 14, 3, 22)


def _date(name: str) -> WrittenDate | None:
    return date_with_time(name) or day_alone(name)


@pytest.mark.parametrize(
    "name",
    [
        "20230519_140322.jpg",
        "20230519_140322(0).jpg",
        "20230519_140322_HDR.jpg",
        "20230519140322.jpg",
        "IMG_20230519_140322.jpg",
        "IMG_20230519_140322_123.jpg",
        "IMG20230519140322.jpg",
        "VID_20230519_140322.mp4",
        "MVIMG_20230519_140322.jpg",
        "00100lPORTRAIT_00100_BURST20230519140322123_COVER.jpg",
        "WP_20230519_14_03_22_Pro.jpg",
        "DJI_20230519140322_0001_D.JPG",
        "2023-05-19 14.03.22-1.jpg",
        "2023-05-19T14-03-22.jpg",
        "signal-2023-05-19-14-03-22-123.jpg",
        "signal-2023-05-19-140322.jpg",
        "photo_2023-05-19_14-03-22 (2).jpg",
        "photo_1@19-05-2023_14-03-22.jpg",
        "PHOTO-2023-05-19-14-03-22.jpg",
        "19.05.2023 14.03.22.jpg",
        "Photo 19-05-2023, 14 03 22.jpg",
        "ScreenRecording_05-19-2023 14-03-22_1.mp4",
        "ScreenRecording_05-19-2023 2-03-22 PM_1.mp4",
        "Screen Recording 2023-05-19 at 2.03.22 PM.mov",
        "Screenshot from 2023-05-19 14-03-22.png",
        "WhatsApp Bild 2023-05-19 um 14.03.22.jpeg",
        "lv_0_20230519140322.mp4",
        "WhatsApp Image 2023-05-19 at 2.03.22 PM (1).jpeg",
        "WhatsApp Image 2023-05-19 at 14.03.22.jpeg",
        "Screenshot_20230519-140322_Chrome.jpg",
        "Screenshot_2023-05-19-14-03-22-123_com.example.jpg",
        "Screenshot 2023-05-19 140322.png",
        "Screenshot 2023-05-19 at 2.03.22 PM.png",
        "Screenshot 2023-05-19 at 2.03.22\u202fPM.png",
        "Screenshot 2023-05-19 at 2.03.22\u00a0p.m..png",
        "Bildschirmfoto 2023-05-19 um 14.03.22.png",
        "Capture d’écran 2023-05-19 à 14.03.22.png",
        "Captura de pantalla 2023-05-19 a la(s) 2.03.22 p. m..png",
        "Captura de pantalla 2023-05-19 a las 14.03.22.png",
        "Schermata 2023-05-19 alle 14.03.22.png",
        "Captura de Tela 2023-05-19 às 14.03.22.png",
        "Schermafbeelding 2023-05-19 om 14.03.22.png",
        "Skärmavbild 2023-05-19 kl. 14.03.22.png",
        "Zrzut ekranu 2023-05-19 o 14.03.22.png",
        "Снимок экрана 2023-05-19 в 14.03.22.png",
        "Näyttökuva 2023-5-19 kello 14.03.22.png",
        "Στιγμιότυπο 2023-05-19, 2.03.22 μ.μ..png",
        "スクリーンショット 2023-05-19 14.03.22.png",
        "スクリーンショット 2023-05-19 午後2.03.22.png",
        "截屏2023-05-19 下午2.03.22.png",
        "스크린샷 2023-05-19 오후 2.03.22.png",
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_with_a_time(name: str, form: str) -> None:
    found = _date(unicodedata.normalize(form, name))
    assert found == WrittenDate(AFTERNOON)


@pytest.mark.parametrize(
    "name",
    [
        "Скриншот 19-05-2023 140322.png",
        "19.05.2023_140322.jpg",
        "IMG 19-05-2023T14h03m22s.jpg",
        "19_05_2023 - 14.03.22.jpg",
        "Bildschirmfoto 19.05.2023 um 14.03.22.png",
        "Capture 19-05-2023 à 14.03.22.png",
        "Screenshot 05-19-2023 at 2.03.22 PM.png",
        "19.05.2023 14.03.22.123.jpg",
    ],
)
def test_names_with_a_time_behind_the_day_first(name: str) -> None:
    assert _date(name) == WrittenDate(AFTERNOON)


def test_a_minute_behind_a_word_behind_the_day_first() -> None:
    found = _date("Photo on 19-05-2023 at 14.03.jpg")
    assert found == WrittenDate(AFTERNOON.replace(second=0))
    found = _date("19-05-2023 14.03.jpg")
    assert found == WrittenDate(datetime(2023, 5, 19), Precision.DAY)


@pytest.mark.parametrize(
    "name",
    [
        "19.05.2023-20.05.2023.jpg",
        "19-05-2023 - 20-05-2023.jpg",
        "19_05_2023_20_05_2023.jpg",
        "Urlaub 19.05.2023 bis 20.05.2023.jpg",
        "19.05.2023 to 20.5.2023.jpg",
        "05-19-2023 10-20-2024.pdf",
        "2023-05-19 - 20.05.2023.jpg",
    ],
)
def test_the_last_of_several_days_is_no_time(name: str) -> None:
    assert _date(name) == WrittenDate(datetime(2023, 5, 19), Precision.DAY)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("2023-5-9.jpg", True),
        ("2023_5_9 party.jpg", True),
        ("Trip 2023-12-9.jpg", True),
        ("2023-5-19.jpg", True),
        ("2023.5.9.jpg", False),  # a version, more often than not
        ("2023-5-9-1.jpg", False),
        ("2023-5_9.jpg", False),
        ("2023-13-9.jpg", False),
        ("12023-5-9.jpg", False),
        ("1-2023-5-9.jpg", False),
    ],
)
def test_days_of_one_digit(name: str, known: bool) -> None:
    found = _date(name)
    assert (found is not None) is known
    if found:
        assert found.precision is Precision.DAY
        assert (found.digits.year, found.digits.day % 10) == (2023, 9)


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20230519_240000.jpg",
        "20230519240000.jpg",
        "2023-05-19 24-00-00.jpg",
        "Bildschirmfoto 2023-05-19 um 24.00.00.png",
        "photo_1@19-05-2023_24-00-00.jpg",
        "19.05.2023 24.00.00.jpg",
    ],
)
def test_the_hour_24_is_the_midnight_after(name: str) -> None:
    assert _date(name) == WrittenDate(datetime(2023, 5, 20))


@pytest.mark.parametrize(
    "name",
    ["IMG_20230519_240001.jpg", "2023-05-19 24-10-00.jpg", "19.05.2023 25.00.00"],
)
def test_an_hour_that_no_day_has_leaves_the_day(name: str) -> None:
    found = _date(name)
    assert found is None or found == WrittenDate(datetime(2023, 5, 19), Precision.DAY)


@pytest.mark.parametrize(
    ("name", "hour"),
    [
        ("Screenshot 2023-05-19 at 12.05.00 AM.png", 0),
        ("Screenshot 2023-05-19 at 12.05.00 PM.png", 12),
        ("Screenshot 2023-05-19 at 1.05.00 am.png", 1),
        ("Screenshot 2023-05-19 at 11.05.00 a.m..png", 11),
        ("截屏2023-05-19 上午12.05.00.png", 0),
        ("2023-05-19 14.05.00 PM.jpg", 14),
    ],
)
def test_clocks_of_twelve_hours(name: str, hour: int) -> None:
    found = _date(name)
    assert found is not None and found.digits == datetime(2023, 5, 19, hour, 5)


@pytest.mark.parametrize(
    "name",
    [
        "PXL_20230519_140322123.jpg",
        "PXL_20230519_140322123.MP.jpg",
        "PXL_20230519_140322123.NIGHT.jpg",
        "PXL_20230519_140322123~2.jpg",
        "Copy of PXL_20230519_140322123.TS.mp4",
        "20230519T140322Z.jpg",
        "GMT20230519-140322_Recording_1920x1080.mp4",
        "UTC_2023-05-19 14.03.22.jpg",
        "2023-05-19 14:03:22.123456Z.jpg",
        "2023-05-19T14:03:22,5Z.jpg",
        "image_2023_05_19T14_03_22_123Z.jpg",
        "2023-05-19_14-03-22_UTC.jpg",
        "2023-05-19_14-03-22_UTC_1.jpg",
        "2023-05-19_14-03-22_UTC_profile_pic.jpg",
        "Photo 2023-05-19 140322 UTC.jpg",
        "IMG_20230519-140322-GMT.jpg",
        "20230519_140322_123_utc.jpg",
        "2023-05-19 14.03.22 (UTC).jpg",
        "2023-05-19 2.03.22 PM GMT.jpg",
        "Screenshot 2023-05-19 at 2.03.22 PM UTC.png",
        "19.05.2023 14.03.22 UTC.jpg",
    ],
)
def test_names_that_are_utc(name: str) -> None:
    assert _date(name) == WrittenDate(AFTERNOON, clock=Clock.UTC)


@pytest.mark.parametrize(
    "name",
    [
        "2023-05-19_14-03-22_UTC+0200.jpg",
        "2023-05-19_14-03-22_GMT-5.jpg",
        "2023-05-19_14-03-22_UTCx.jpg",
        "20230519_140322_Z.jpg",
        "XGMT20230519-140322.mp4",
    ],
)
def test_names_that_are_not_surely_utc(name: str) -> None:
    assert _date(name) == WrittenDate(AFTERNOON)


@pytest.mark.parametrize(
    "name",
    [
        "20161231_235960.jpg",
        "2016-12-31 23.59.60.jpg",
        "photo_1@31-12-2016_23-59-60.jpg",
        "31.12.2016 23.59.60.jpg",
        "Bildschirmfoto 2016-12-31 um 23.59.60.png",
    ],
)
def test_a_leap_second_is_the_one_before_it(name: str) -> None:
    assert _date(name) == WrittenDate(datetime(2016, 12, 31, 23, 59, 59))


@pytest.mark.parametrize(
    "name",
    [
        "20190213-0405-4612-8b3c-aabbccddeeff.jpg",
        "20190213-AABB-4612-8B3C-AABBCCDDEEFF.jpg",
        "aabbccdd-2019-0213-0405-12aabbccddee.jpg",
        "IMG_8b3caabb-4612-4612-8b3c-201902130405.jpg",
        "20190213_0405_4612_8b3c_aabbccddeeff_o.jpg",
        "9e20190213040512aabbccddeeff0011.jpg",
        "img9e20190213040512aabbccddeeff0011.jpg",
        "20190213040512aabbccddeeff0011aabbccdd.jpg",
        "aabbccddee20190213040512.jpg",
        "9e20190213040512.jpg",
        "20190213040512a7.jpg",
    ],
)
def test_digits_of_uuids_and_hashes_are_no_date(name: str) -> None:
    assert _date(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "FACE20230519140322.jpg",
        "20230519140322a.jpg",
        "a1b2c3d4_20230519_140322.jpg",
        "9e20190213040512aabbccddeeff0011 2023-05-19 14.03.22.jpg",
        "20230519_140322_8b3c4612-4612-8b3c-8b3c-aabbccddeeff.jpg",
    ],
)
def test_a_date_beside_hexadecimal_digits_counts(name: str) -> None:
    assert _date(name) == WrittenDate(AFTERNOON)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IMG_20230519_A.jpg", datetime(2023, 5, 19)),
        ("Photo 2023-05-19.jpg", datetime(2023, 5, 19)),
        ("2023-05-19 Birthday 12.jpg", datetime(2023, 5, 19)),
        ("20230519.jpg", datetime(2023, 5, 19)),
        ("IMG_0001_2023_05_19.jpg", datetime(2023, 5, 19)),
        ("19.05.2023 25.03.22.jpg", datetime(2023, 5, 19)),
        ("2023_05_19.jpg", datetime(2023, 5, 19)),
        ("2023.05.19 (3).jpg", datetime(2023, 5, 19)),
        ("2023-05-19_10-30.jpg", datetime(2023, 5, 19)),
        ("2023-05-19 at 2.03 PM.jpg", datetime(2023, 5, 19, 14, 3)),
        ("scan 2023 05 19.jpg", datetime(2023, 5, 19)),
        ("WP_20230519_001.jpg", datetime(2023, 5, 19)),
        ("20230519_250000.jpg", datetime(2023, 5, 19)),
        ("IMG-20230519-WA0012.jpg", datetime(2023, 5, 19)),
        ("19-05-2023.jpg", datetime(2023, 5, 19)),
        ("05.19.2023.jpg", datetime(2023, 5, 19)),
        ("05-05-2023.jpg", datetime(2023, 5, 5)),
        ("1980-01-01 New Year.jpg", datetime(1980, 1, 1)),
        ("Photo on 2014-08-25 at 14.03 #2.jpg", datetime(2014, 8, 25, 14, 3)),
    ],
)
def test_names_with_a_day(name: str, expected: datetime) -> None:
    found = _date(name)
    assert found is not None and found.digits == expected


@pytest.mark.parametrize(
    "name",
    [
        "DSC01234.jpg",
        "IMG_20231345.jpg",
        "20231301.jpg",
        "20191308_091011.jpg",
        "IMG_20230229_101010.jpg",
        "2019-02-30.jpg",
        "9920190708091011.jpg",
        "201907080910111234567.jpg",
        "FB_IMG_1500000000000.jpg",
        "RPReplay_Final1500000000.MP4",
        "+492012123122.jpg",
        "c20190708bdd.jpg",
        "1920x1080.jpg",
        "19201080.jpg",
        "wallpaper-1920-1080.jpg",
        "04-03-2015.jpg",
        "04-03-2015 14-03-22.jpg",
        "555-2019-07-08.jpg",
        "v1.2019.07.08.jpg",
        "19-07-08 09-10-11 0123.jpg",
        "IMG_19700101_000000.jpg",
        "IMG-19700101-WA0001.jpg",
        "19800101_000012.jpg",
        "19800101.jpg",
        "20000101_000000.jpg",
    ],
)
def test_numbers_that_are_no_date(name: str) -> None:
    assert _date(name) is None


@given(st.text(max_size=200))
def test_no_name_makes_it_raise(name: str) -> None:
    _date(name)


@pytest.mark.parametrize(
    "name",
    [
        "Scan 07 Jun 2015.jpg",
        "June 7, 2015 - 12.jpg",
        "2015-Jun-07.jpg",
        "7th of June 2015.jpg",
        "7. Juni 2015 Berlin.jpg",
        "7 de junio de 2015.jpg",
        "7juin2015.jpg",
        "IMG_07Jun2015_003.jpg",
        "Canon 5D Jun.7.2015 crop.jpg",
        "Résumé 2015年06月07日.jpg",
        "2015年6月7日の写真.jpg",
        "2015年6月7號.jpg",
        "사진 2015년 6월 7일.jpg",
        "２０１５年６月７日.jpg",
    ],
)
def test_months_in_words(name: str) -> None:
    assert day_alone(name) == WrittenDate(datetime(2015, 6, 7), Precision.DAY)


@pytest.mark.parametrize("name", ["2014-03-09", "9. März 2014", "9 févr. 2014"])
def test_letters_taken_apart_as_macos_does(name: str) -> None:
    found = day_alone(unicodedata.normalize("NFD", name))
    assert found and found.digits.day == 9


@pytest.mark.parametrize(
    "name",
    [
        "2015年6月.jpg",
        "2015年13月7日.jpg",
        "2015年2月31日.jpg",
        "May 2015.jpg",
        "31 Feb 2015.jpg",
        "Marching 12 2015.jpg",
        "12Marathon2015.jpg",
        "5 set 2015.jpg",
        "1 May 20155.jpg",
        "2012 Mar 4x6 prints.jpg",
        "12 Angry Men 1957.jpg",
        "05-Jun-07.jpg",
    ],
)
def test_words_and_numbers_that_are_no_day(name: str) -> None:
    assert _date(name) is None


@pytest.mark.parametrize(
    ("name", "hour"),
    [
        ("لقطة شاشة 2021-04-05 في 4.07.12 م.png", 16),
        ("لقطة شاشة 2021-04-05 في 4.07.12 ص.png", 4),
        ("Ekran Resmi 2021-04-05 ÖS 4.07.12.png", 16),
        ("Ekran Resmi 2021-04-05 ÖÖ 12.07.12.png", 0),
        ("Ảnh màn hình 2021-04-05 lúc 4.07.12 CH.png", 16),
        ("螢幕截圖 2021-04-05 中午12.07.12.png", 12),
        ("Screenshot 2021-04-05 at 4.07.12 Chrome.png", 4),
        ("Képernyőfotó 2021-04-05 - du. 4.07.12.png", 16),
        ("Képernyőfotó 2021-04-05 - 4.07.12 de..png", 4),
        ("Snímek obrazovky 2021-04-05 v 4.07.12 odp..png", 16),
        ("Snímek obrazovky 2021-04-05 v 12.07.12 dop. (2).png", 0),
        ("Skärmavbild 2021-04-05 kl. 4.07.12 em.png", 16),
        ("Captura 2021-04-05 4.07.12 em casa.png", 4),
        ("Екранна снимка 2021-04-05 в 4.07.12 сл.об..png", 16),
        ("צילום מסך 2021-04-05 ב-4.07.12 אחה״צ.png", 16),
        ("स्क्रीनशॉट 2021-04-05 4.07.12 अपराह्न.png", 16),
        ("لقطة شاشة ٢٠٢١-٠٤-٠٥ في ٤.٠٧.١٢ م.png", 16),
        ("\u200fلقطة شاشة 2021-04-05\u200f في 4.07.12 م\u200f.png", 16),
        ("عکس ۲۰۲۱-۰۴-۰۵ ۱۶.۰۷.۱۲.png", 16),
    ],
)
def test_clocks_of_twelve_hours_in_more_languages(name: str, hour: int) -> None:
    assert date_with_time(name) == WrittenDate(datetime(2021, 4, 5, hour, 7, 12))


@pytest.mark.parametrize(
    "name",
    [
        "IMG_1970-01-01-00-00-00.jpg",
        "2000-01-01 00.00.00.jpg",
        "photo_1@01-01-1970_00-00-00.jpg",
        "01.01.2000 00.00.00.jpg",
        "01.01.1970 25.00.00.jpg",
        "19691231_190000.jpg",
        "19691231_160000.jpg",
        "1969-12-31 19.00.00.jpg",
        "Screenshot 1969-12-31 at 7.00.00 PM.png",
        "photo_1@31-12-1969_19-00-00.jpg",
        "31.12.1969 19.00.00.jpg",
        "19791231_200000.jpg",
        "IMG_19800105_190000.jpg",
        "19031231_190000.jpg",
        "20380118_221407.jpg",
        "2019-04-07_00-00-00_UTC.jpg",
    ],
)
def test_clocks_never_set_leave_no_day_either(name: str) -> None:
    assert _date(name) is None


def test_a_day_that_a_person_wrote_counts() -> None:
    found = _date("1970-01-01 birth.jpg")
    assert found and found.digits == datetime(1970, 1, 1)
