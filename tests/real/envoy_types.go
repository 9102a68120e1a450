// The types of Envoy that Istio knows, each with its fields, and the enumerations, as JSON.
//
// envoy_types ANSWER: a field is written as its type: a scalar, `=` and an enumeration, or a message; `[` before it
// says that it is a list, `{` and the type of the keys and a space that it is a map.
// envoy_types ANSWER VALUES: instead, what Istio says of values, given as [[what they are for, value], ...]: for each
// [what it refuses, what it would refuse if it were strict].
package main

import (
	"encoding/json"
	"log"
	"os"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/structpb"

	networking "istio.io/api/networking/v1alpha3"
	_ "istio.io/istio/pkg/config/validation/envoyfilter"
	"istio.io/istio/pkg/config/xds"
)

var ours = []string{"envoy.", "udpa.", "xds."}

type facts struct {
	Enums    map[string][]string          `json:"enums"`
	Messages map[string]map[string]string `json:"messages"`
	Others   []string                     `json:"others"`
}

func main() {
	if len(os.Args) > 2 {
		write(judged(os.Args[2]))
	} else {
		write(types())
	}
}

func write(answer any) {
	text, err := json.Marshal(answer)
	must(err)
	must(os.WriteFile(os.Args[1], text, 0o600))
}

func judged(file string) [][2]string {
	text, err := os.ReadFile(file)
	must(err)
	var values [][2]json.RawMessage
	must(json.Unmarshal(text, &values))
	said := make([][2]string, 0, len(values))
	for _, one := range values {
		var target string
		must(json.Unmarshal(one[0], &target))
		value := &structpb.Struct{}
		must(value.UnmarshalJSON(one[1]))
		applyTo := networking.EnvoyFilter_ApplyTo(networking.EnvoyFilter_ApplyTo_value[target])
		_, loose := xds.BuildXDSObjectFromStruct(applyTo, value, false)
		_, strict := xds.BuildXDSObjectFromStruct(applyTo, value, true)
		said = append(said, [2]string{told(loose), told(strict)})
	}
	return said
}

func told(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func types() facts {
	found := facts{map[string][]string{}, map[string]map[string]string{}, []string{}}
	protoregistry.GlobalTypes.RangeMessages(func(each protoreflect.MessageType) bool {
		name := string(each.Descriptor().FullName())
		if isOurs(name) {
			found.add(each.Descriptor())
		}
		return true
	})
	protoregistry.GlobalTypes.RangeMessages(func(each protoreflect.MessageType) bool {
		name := string(each.Descriptor().FullName())
		if _, isKnown := found.Messages[name]; !isKnown {
			found.Others = append(found.Others, name)
		}
		return true
	})
	return found
}

func isOurs(name string) bool {
	for _, prefix := range ours {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func (found facts) add(message protoreflect.MessageDescriptor) {
	name := string(message.FullName())
	isRead := strings.HasPrefix(name, "google.protobuf.") && name != "google.protobuf.Empty" // in a way of its own
	if _, isKnown := found.Messages[name]; isKnown || isRead || message.IsMapEntry() {
		return
	}
	fields := map[string]string{}
	found.Messages[name] = fields
	for i := 0; i < message.Fields().Len(); i++ {
		field := message.Fields().Get(i)
		switch {
		case field.IsMap():
			fields[string(field.Name())] = "{" + found.kind(field.MapKey()) + " " + found.kind(field.MapValue())
		case field.IsList():
			fields[string(field.Name())] = "[" + found.kind(field)
		default:
			fields[string(field.Name())] = found.kind(field)
		}
	}
}

func (found facts) kind(field protoreflect.FieldDescriptor) string {
	switch field.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		found.add(field.Message())
		return string(field.Message().FullName())
	case protoreflect.EnumKind:
		values := []string{}
		for i := 0; i < field.Enum().Values().Len(); i++ {
			values = append(values, string(field.Enum().Values().Get(i).Name()))
		}
		found.Enums[string(field.Enum().FullName())] = values
		return "=" + string(field.Enum().FullName())
	default:
		return field.Kind().String()
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
