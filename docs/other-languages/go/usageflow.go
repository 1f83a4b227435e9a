// Package usageflow publishes usage events from Go as usageflow's own producer library does: same schema, partitions
// and ids. What the fields may hold, and why each setting is as it is: docs/other-languages.md.
package usageflow

import (
	"context"
	"crypto/sha1"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/linkedin/goavro/v2"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
)

const (
	wholeDigits = 20
	scale       = 18
)

// derived is the namespace of derived event ids: the same in every language.
var derived = uuid.MustParse("5d0c7c1e-8f5c-5a0f-9b57-6a3f1b2c9d10")

// DeriveID gives the same id for the same texts, in every process and every language; their order and borders count.
func DeriveID(first string, more ...string) string {
	hash := sha1.New()
	hash.Write(derived[:])
	for _, part := range append([]string{first}, more...) {
		var length [4]byte
		binary.BigEndian.PutUint32(length[:], uint32(len(part))) // len counts bytes, and Go's texts are UTF-8
		hash.Write(length[:])
		hash.Write([]byte(part))
	}
	var id uuid.UUID
	copy(id[:], hash.Sum(nil))
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// Decimal encodes a plain decimal ("0.0161") as Avro's decimal(38, 18): the number times 10^18 as two's complement,
// highest byte first, no byte more than needed. Money is text or a decimal type, never a float.
func Decimal(text string) ([]byte, error) {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	digits := whole + fraction
	if whole == "" || len(whole) > wholeDigits || len(fraction) > scale || strings.Trim(digits, "0123456789") != "" {
		return nil, fmt.Errorf("%q is no plain decimal of at most %d digits before and %d after the point", text, wholeDigits, scale)
	}
	unscaled, _ := new(big.Int).SetString(digits+strings.Repeat("0", scale-len(fraction)), 10)
	if strings.HasPrefix(text, "-") {
		unscaled.Neg(unscaled)
	}
	// -128 needs as many bits as 127.
	magnitude := new(big.Int).Set(unscaled)
	if magnitude.Sign() < 0 {
		magnitude.Not(magnitude)
	}
	bytes := magnitude.BitLen()/8 + 1
	if unscaled.Sign() < 0 {
		unscaled.Add(unscaled, new(big.Int).Lsh(big.NewInt(1), uint(bytes)*8))
	}
	return unscaled.FillBytes(make([]byte, bytes)), nil
}

// Event has the schema's fields; an empty text is left out.
type Event struct {
	ID                 string
	EventType          string
	OccurredAt         time.Time
	AccountID          string
	CustomerID         string
	CustomerExternalID string
	Subject            string
	Description        string
	Data               Data
	Costs              []Cost
	Service            string
}

// Data holds values made by Long, Text, Bool, Number and JSON; a nil value is null. A float64 is refused: what
// encoding/json decodes into an any has lost digits beyond 2^53, so decode with json.Decoder.UseNumber.
type Data map[string]any

func Long(value int64) any  { return goavro.Union("long", value) }
func Text(value string) any { return goavro.Union("string", value) }
func Bool(value bool) any   { return goavro.Union("boolean", value) }

// Number takes what Decimal made.
func Number(decimal []byte) any { return goavro.Union("bytes", decimal) }

// JSON is for objects, lists, and numbers that neither a long nor a decimal(38, 18) holds exactly. Do not marshal what was
// decoded into an interface: encoding/json makes a float64 of each number there, which rounds integers beyond 2^53 and long
// decimals. Pass on the json.RawMessage, or decode with Decoder.UseNumber.
func JSON(text string) any {
	return goavro.Union("io.usageflow.schema.JsonValue", map[string]any{"json": text})
}

type Cost struct {
	ID          string // empty: made from the event's id and the cost's place
	Vendor      string
	Description string
	Amount      []byte // made by Decimal
	Currency    string
	Metadata    map[string]string
}

func optional(text string) any {
	if text == "" {
		return nil
	}
	return Text(text)
}

func (e Event) native() map[string]any {
	data := map[string]any{}
	for key, value := range e.Data {
		data[key] = value
	}
	costs := []any{}
	for _, cost := range e.Costs {
		metadata := map[string]any{}
		for key, value := range cost.Metadata {
			metadata[key] = value
		}
		costs = append(costs, map[string]any{
			"id":          optional(cost.ID),
			"vendor":      cost.Vendor,
			"description": optional(cost.Description),
			"amount":      cost.Amount,
			"currency":    cost.Currency,
			"metadata":    metadata,
		})
	}
	return map[string]any{
		"id":                   e.ID,
		"event_type":           e.EventType,
		"occurred_at":          e.OccurredAt.UnixMicro(),
		"account_id":           e.AccountID,
		"customer_id":          optional(e.CustomerID),
		"customer_external_id": optional(e.CustomerExternalID),
		"subject":              optional(e.Subject),
		"description":          optional(e.Description),
		"data":                 data,
		"costs":                costs,
		"source": goavro.Union("io.usageflow.schema.Source", map[string]any{
			"service": optional(e.Service), "instance": nil, "library_version": nil,
		}),
	}
}

// Publisher is one for the whole process; it is safe for concurrent use.
type Publisher struct {
	client *kgo.Client
	codec  *goavro.Codec
	prefix []byte // of the wire format: 0 and the schema's id
	topic  string
}

func New(ctx context.Context, brokers []string, registryURL, prefix string, more ...kgo.Opt) (*Publisher, error) {
	publisher := &Publisher{topic: prefix + ".events"}
	registry, err := sr.NewClient(sr.URLs(registryURL))
	if err != nil {
		return nil, err
	}
	// The schema is there, by whoever runs usageflow: a service never registers one.
	latest, err := registry.SchemaByVersion(ctx, publisher.topic+"-value", -1)
	if err != nil {
		return nil, err
	}
	if publisher.codec, err = plain(latest.Schema.Schema); err != nil {
		return nil, err
	}
	publisher.prefix = binary.BigEndian.AppendUint32([]byte{0}, uint32(latest.ID))
	// Defaults of this client, named because they matter: idempotent, and murmur2 of the key as in Java.
	publisher.client, err = kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(brokers...),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)),
	}, more...)...)
	return publisher, err
}

// plain parses the schema without its logical types, so that decimals go out as the bytes that Decimal made. The
// records are the same, byte by byte.
func plain(text string) (*goavro.Codec, error) {
	var schema any
	if err := json.Unmarshal([]byte(text), &schema); err != nil {
		return nil, err
	}
	var strip func(any)
	strip = func(node any) {
		switch each := node.(type) {
		case map[string]any:
			for _, key := range []string{"logicalType", "precision", "scale"} {
				delete(each, key)
			}
			for _, child := range each {
				strip(child)
			}
		case []any:
			for _, child := range each {
				strip(child)
			}
		}
	}
	strip(schema)
	stripped, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	return goavro.NewCodec(string(stripped))
}

// Publish returns when all in-sync replicas have the event. After an error publish the same event, with the same id,
// again: if it did arrive, it is a duplicate then, and billed once.
func (p *Publisher) Publish(ctx context.Context, event Event, traceparent string) error {
	if event.ID == "" {
		return errors.New("give the event an id: DeriveID, or a UUIDv7 that is kept for retries")
	}
	if event.OccurredAt.IsZero() {
		return errors.New("give the time of the usage")
	}
	value, err := p.codec.BinaryFromNative(append([]byte(nil), p.prefix...), event.native())
	if err != nil {
		return err
	}
	// Avro's texts are UTF-8, and readers would put U+FFFD in place of what is not.
	if bad := invalidText(event); bad != "" {
		return fmt.Errorf("%q is not UTF-8", bad)
	}
	record := &kgo.Record{Topic: p.topic, Key: []byte(event.AccountID), Value: value}
	if traceparent != "" {
		record.Headers = []kgo.RecordHeader{{Key: "traceparent", Value: []byte(traceparent)}}
	}
	return p.client.ProduceSync(ctx, record).FirstErr()
}

// invalidText is the first text of the event that is not UTF-8, or empty.
func invalidText(event Event) string {
	texts := []string{event.ID, event.EventType, event.AccountID, event.CustomerID, event.CustomerExternalID,
		event.Subject, event.Description, event.Service}
	for key, value := range event.Data {
		texts = append(texts, key)
		if union, ok := value.(map[string]any); ok {
			if text, ok := union["string"].(string); ok {
				texts = append(texts, text)
			}
		}
	}
	for _, cost := range event.Costs {
		texts = append(texts, cost.ID, cost.Vendor, cost.Description, cost.Currency)
		for key, value := range cost.Metadata {
			texts = append(texts, key, value)
		}
	}
	for _, text := range texts {
		if !utf8.ValidString(text) {
			return text
		}
	}
	return ""
}

// Close waits for nothing: Publish has.
func (p *Publisher) Close() { p.client.Close() }
