from models.base.resources import resource, table


def test_a_file_of_the_templates_is_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "lighting" in resource("labels/categories.toml").read_text(encoding="utf-8")


def test_a_data_file_is_read_once():
    assert table("labels/categories.toml") is table("labels/categories.toml")
