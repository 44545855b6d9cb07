"""What the bus expects of aiokafka, held against the aiokafka that is installed."""

from __future__ import annotations

import inspect

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.producer.message_accumulator import BatchBuilder

from services.runtime.bus.kafka_protocols import Admin, Batch, Consumer, Producer

PAIRS = [
    (Producer, AIOKafkaProducer),
    (Consumer, AIOKafkaConsumer),
    (Admin, AIOKafkaAdminClient),
    (Batch, BatchBuilder),
]
CALLS = [
    pytest.param(expected, getattr(real, name, None), id=f"{real.__name__}.{name}")
    for protocol, real in PAIRS
    for name, expected in vars(protocol).items()
    if inspect.isfunction(expected) and not name.startswith("_")
]


@pytest.mark.parametrize(("expected", "real"), CALLS)
def test_a_call_is_there_as_expected(expected: object, real: object) -> None:
    """It exists, is awaited or not as we do, and takes the arguments that we give by name."""
    assert callable(expected)
    assert callable(real), "aiokafka has no such call"
    assert inspect.iscoroutinefunction(real) == inspect.iscoroutinefunction(expected)
    parameters = inspect.signature(real).parameters
    named = [
        name
        for name, parameter in inspect.signature(expected).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    assert set(named) <= set(parameters)
