import pytest

from common.initials import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("张三", "zs"),
        ("单小田", "sxt"),
        ("解放", "xf"),
        ("巴公镇", "bgz"),
        ("欧阳·A1", "oya1"),
        (" 李四 ", "ls"),
        ("", ""),
        ("①！", ""),
    ],
)
def test_a_name_is_found_by_its_initials(name, letters):
    assert initials(name) == letters
