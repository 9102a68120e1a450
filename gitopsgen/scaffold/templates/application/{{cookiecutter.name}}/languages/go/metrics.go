package main

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// Seconds; the objectives have a bound each.
var bounds = []float64{0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1}

// Counters, in Prometheus' text format.
type metrics struct {
	lock      sync.Mutex
	codes     map[int]int
	decisions map[string]int
	buckets   []int
	seconds   float64
}

func newMetrics() *metrics {
	return &metrics{
		codes:     map[int]int{},
		decisions: map[string]int{"allow": 0, "deny": 0, "none": 0},
		buckets:   make([]int, len(bounds)),
	}
}

func (m *metrics) request(code int, took time.Duration) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.codes[code]++
	m.seconds += took.Seconds()
	for index, bound := range bounds {
		if took.Seconds() <= bound {
			m.buckets[index]++
		}
	}
}

func (m *metrics) decision(name string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.decisions[name]++
}

func (m *metrics) write(w io.Writer) {
	m.lock.Lock()
	defer m.lock.Unlock()
	total := 0
	fmt.Fprintln(w, "# TYPE http_requests_total counter")
	for _, code := range sorted(m.codes) {
		total += m.codes[code]
		fmt.Fprintf(w, "http_requests_total{code=\"%d\"} %d\n", code, m.codes[code])
	}
	fmt.Fprintln(w, "# TYPE policy_decisions_total counter")
	for _, name := range sorted(m.decisions) {
		fmt.Fprintf(w, "policy_decisions_total{decision=%q} %d\n", name, m.decisions[name])
	}
	fmt.Fprintln(w, "# TYPE http_request_duration_seconds histogram")
	for index, bound := range bounds {
		fmt.Fprintf(w, "http_request_duration_seconds_bucket{le=\"%g\"} %d\n", bound, m.buckets[index])
	}
	fmt.Fprintf(w, "http_request_duration_seconds_bucket{le=\"+Inf\"} %d\n", total)
	fmt.Fprintf(w, "http_request_duration_seconds_sum %g\n", m.seconds)
	fmt.Fprintf(w, "http_request_duration_seconds_count %d\n", total)
}

func sorted[K int | string](counters map[K]int) []K {
	keys := make([]K, 0, len(counters))
	for key := range counters {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
