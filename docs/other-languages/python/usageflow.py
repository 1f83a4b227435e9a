"""Publishes usage events from Python as usageflow's own producer library does: same schema, partitions and ids.

What the fields may hold, and why each setting is as it is: docs/other-languages.md.
"""

import hashlib
import json
import os
import time
import uuid
from datetime import datetime, timezone
from decimal import Decimal

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient, topic_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

# Namespace of derived event ids: the same in every language.
DERIVED = bytes.fromhex("5d0c7c1e8f5c5a0f9b576a3f1b2c9d10")
WHOLE_DIGITS, SCALE = 20, 18


def derive_id(*parts: str) -> str:
    """The same id for the same texts, in every process and every language; their order and borders count."""
    if not parts:
        raise ValueError("an id cannot be derived from nothing")
    sha1 = hashlib.sha1(DERIVED)
    for part in parts:
        utf8 = part.encode("utf-8")
        sha1.update(len(utf8).to_bytes(4, "big"))
        sha1.update(utf8)
    return str(uuid.UUID(bytes=sha1.digest()[:16], version=5))


def new_id() -> str:
    """A version 7 UUID, where there is no business key to derive from. Draw it once, and keep it for every retry."""
    raw = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


def fits(number: Decimal) -> bool:
    """Whether Avro's decimal(38, 18) holds the number exactly."""
    if not number.is_finite():
        return False
    _, digits, exponent = number.as_tuple()
    return -SCALE <= exponent and len(digits) + exponent <= WHOLE_DIGITS


def money(amount) -> Decimal:
    """Money is Decimal: a float has lost digits before anybody could notice."""
    if not isinstance(amount, Decimal) or not fits(amount):
        raise TypeError(f"amount {amount!r}: give a Decimal with at most {WHOLE_DIGITS} digits before and {SCALE} after the point")
    return amount


def refuse_rounded(value) -> None:
    """
    A float beyond 2^53 may be an int that has lost digits: refused, inside of lists and dicts too. So are keys that are no
    text: json.dumps makes one key of 1 and "1".
    """
    if isinstance(value, float) and abs(value) >= 2**53:
        raise ValueError(f"{value!r} is a float beyond 2^53 and may have lost digits: give an int or a Decimal")
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError(f"{value!r} has a key that is no str")
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for each in value:
            refuse_rounded(each)


def datum(value):
    """A value of data, in the branch of the schema's union that holds it exactly."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    refuse_rounded(value)
    if isinstance(value, int):
        value = Decimal(value)
    if isinstance(value, float):
        value = Decimal(repr(value))  # the shortest decimal that is the same float
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} cannot be sent")
        return value if fits(value) else {"json": str(value)}
    return {"json": json.dumps(value, allow_nan=False)}


def record(event: dict, service: str) -> dict:
    occurred_at = event["occurred_at"]
    if not isinstance(occurred_at, datetime) or occurred_at.tzinfo is None:
        raise TypeError("occurred_at must be a datetime with a time zone")
    return {
        "id": event["id"],
        "event_type": event["event_type"],
        "occurred_at": occurred_at,
        "account_id": event["account_id"],
        "customer_id": event.get("customer_id"),
        "customer_external_id": event.get("customer_external_id"),
        "subject": event.get("subject"),
        "description": event.get("description"),
        "data": {key: datum(value) for key, value in event.get("data", {}).items()},
        "costs": [
            {
                "id": cost.get("id"),
                "vendor": cost["vendor"],
                "description": cost.get("description"),
                "amount": money(cost["amount"]),
                "currency": cost["currency"],
                "metadata": cost.get("metadata", {}),
            }
            for cost in event.get("costs", [])
        ],
        "source": {"service": service, "instance": None, "library_version": None},
    }


class UsagePublisher:
    """One for the whole process; thread-safe."""

    def __init__(self, brokers: str, registry_url: str, service: str, prefix: str = "usage", **kafka):
        self.topic = f"{prefix}.events"
        self.service = service
        registry = SchemaRegistryClient({"url": registry_url})
        # The schema is there, by whoever runs usageflow: a service never registers one.
        schema = registry.get_latest_version(f"{self.topic}-value").schema.schema_str
        self.serializer = AvroSerializer(
            registry,
            schema,
            conf={
                "auto.register.schemas": False,
                "use.latest.version": True,
                "subject.name.strategy": topic_subject_name_strategy,
            },
        )
        self.producer = Producer(
            {
                **kafka,
                "bootstrap.servers": brokers,
                "client.id": service,
                "partitioner": "murmur2_random",  # Java's; librdkafka's own default hashes otherwise
                "enable.idempotence": True,  # the client's own retries are written once, and stay in order
                "acks": "all",
                "compression.type": "lz4",
                "linger.ms": 10,
            }
        )

    def publish(self, event: dict, done) -> None:
        """
        Calls done(error, message) when all in-sync replicas have the event (error is None), or it is not known to be
        durable: then publish the same event, with the same id, again. A full buffer is a BufferError at once.
        """
        value = self.serializer(record(event, self.service), SerializationContext(self.topic, MessageField.VALUE))
        headers = {"traceparent": event["traceparent"]} if "traceparent" in event else None
        self.producer.produce(
            self.topic, key=event["account_id"].encode("utf-8"), value=value, headers=headers, on_delivery=done
        )
        self.producer.poll(0)

    def close(self, seconds: float = 30) -> int:
        """How many events are not known to be durable."""
        return self.producer.flush(seconds)


if __name__ == "__main__":
    import sys

    publisher = UsagePublisher(sys.argv[1], sys.argv[2], "python-sample")
    failed = []
    publisher.publish(
        {
            "id": derive_id("message", "m-1"),
            "event_type": "message_completed",
            "occurred_at": datetime.now(timezone.utc),
            "account_id": "acct_42",
            "data": {"model": "gpt-4", "total_tokens": 1500},
            "costs": [{"vendor": "openai", "amount": Decimal("0.0161"), "currency": "USD"}],
        },
        lambda error, message: failed.append(error) if error else print(f"{message.topic()} {message.partition()}@{message.offset()}"),
    )
    sys.exit(1 if publisher.close() or failed else 0)
