"""A user's tokenizer gives ids, says that they were made anew, and how much of the text it lost."""

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from policies.watermark.gumbel import verify
from policies.watermark.tokenizer import TextTokenizer

TEXT = "The cat sat on the mat and the cat was calm, so the mat stayed flat."


def write(path, normalizer=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    trainer = trainers.BpeTrainer(
        vocab_size=300, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    tokenizer.save(str(path))
    return TextTokenizer(path)


def test_text_becomes_ids_that_can_be_scored(tmp_path):
    encoded = write(tmp_path / "tokenizer.json").encode(TEXT)
    assert encoded.retokenised
    assert encoded.mismatch == 0.0
    assert verify(encoded.token_ids, 42).tokens_scored > 10


def test_what_the_tokenizer_changes_is_said(tmp_path):
    encoded = write(tmp_path / "tokenizer.json", normalizers.Lowercase()).encode("LOUD words")
    assert encoded.mismatch == pytest.approx(0.4)


def test_a_file_that_is_no_tokenizer_is_refused(tmp_path):
    (tmp_path / "t.json").write_text("{}")
    with pytest.raises(ValueError, match=r"t\.json is no tokenizer\.json"):
        TextTokenizer(tmp_path / "t.json")
