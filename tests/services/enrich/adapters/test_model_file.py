from __future__ import annotations

from services.enrich.adapters import model_file
from services.enrich.core.recognise import Recogniser


def test_the_shipped_files_make_a_recogniser(recogniser: Recogniser) -> None:
    """All data files are in the package and fit together."""
    assert len(recogniser.tagger.features) > 50_000
    assert len(recogniser.gazetteer.sites) > 30_000
    assert len(recogniser.topic_words.names) == 17


def test_the_lexicon_knows_its_classes(recogniser: Recogniser) -> None:
    """Lists written by hand, places and people's names all arrive in it."""
    lexicon = recogniser.tagger.lexicon
    for word, letter in (
        ("Syria", "c"),
        ("Syrian", "n"),
        ("Mosul", "G"),
        ("Minister", "h"),
        ("NATO", "k"),
        ("John", "f"),
    ):
        assert letter in lexicon.classes(word), word


def test_common_words_can_be_given() -> None:
    """Training passes the words it counted, before any are shipped."""
    lexicon = model_file.load_lexicon(model_file.load_gazetteer(), ["zebra"])
    assert lexicon.classes("Zebra").endswith("L")
    assert "L" not in lexicon.classes("The")
