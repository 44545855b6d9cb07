"""Kafka's default partitioner."""

from __future__ import annotations

import pytest
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.partitioner import murmur2 as theirs
from hypothesis import given
from hypothesis import strategies as st

from services.runtime.bus.partitioner import murmur2, partition_for


@given(st.binary(max_size=64))
def test_the_hash_is_kafkas(data: bytes) -> None:
    """Equal to that of another client."""
    assert murmur2(data) == theirs(data) & 0xFFFFFFFF


@given(st.text(max_size=40), st.integers(1, 64))
def test_the_partition_is_kafkas(key: str, partitions: int) -> None:
    """For any key and count."""
    everyone = list(range(partitions))
    assert partition_for(key, partitions) == DefaultPartitioner()(key.encode(), everyone, everyone)


@pytest.mark.parametrize(
    ("data", "expected"), [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536)]
)
def test_the_hash_is_javas(data: bytes, expected: int) -> None:
    """Values of org.apache.kafka.common.utils.UtilsTest."""
    assert murmur2(data) == expected & 0xFFFFFFFF
