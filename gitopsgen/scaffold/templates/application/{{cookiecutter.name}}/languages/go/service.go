package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

const largestBody = 64 << 10 // bytes

type service struct {
	policyURL string
	timeout   time.Duration
	client    *http.Client
	metrics   *metrics
	stopping  atomic.Bool
}

// What is asked, and what is answered: see the policy in the GitOps repository.
type question struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Token  string          `json:"token"`
	Order  json.RawMessage `json:"order"`
}

type decision struct {
	Allow   bool     `json:"allow"`
	Reasons []string `json:"reasons"`
}

func newService(policyURL string, timeout time.Duration) *service {
	return &service{policyURL: policyURL, timeout: timeout, client: &http.Client{}, metrics: newMetrics()}
}

func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if s.stopping.Load() {
			http.Error(w, "stopping", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		s.metrics.write(w)
	})
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		code, answer := s.order(w, r)
		// Before the answer: whoever has it finds it counted.
		s.metrics.request(code, time.Since(began))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(answer)
	})
	return mux
}

func (s *service) order(w http.ResponseWriter, r *http.Request) (int, any) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
	if err != nil {
		return http.StatusRequestEntityTooLarge, failure("the body is missing or too large")
	}
	if !json.Valid(body) {
		return http.StatusBadRequest, failure("the body is no JSON")
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	decided, err := s.decide(r.Context(), question{r.Method, r.URL.Path, token, body})
	switch {
	case err != nil:
		slog.Warn("no decision", "error", err)
		s.metrics.decision("none")
		return http.StatusServiceUnavailable, failure("the policy does not answer")
	case !decided.Allow:
		s.metrics.decision("deny")
		return http.StatusForbidden, map[string]any{"reasons": decided.Reasons}
	}
	s.metrics.decision("allow")
	return http.StatusAccepted, map[string]any{"accepted": true}
}

// Without a decision in time there is an error, never a yes.
func (s *service) decide(ctx context.Context, asked question) (decision, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	body, err := json.Marshal(map[string]any{"input": asked})
	if err != nil {
		return decision{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.policyURL, bytes.NewReader(body))
	if err != nil {
		return decision{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		return decision{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return decision{}, fmt.Errorf("the policy answers %s", response.Status)
	}
	var answer struct {
		Result *decision `json:"result"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return decision{}, err
	}
	if answer.Result == nil {
		return decision{}, fmt.Errorf("the policy has no such decision")
	}
	return *answer.Result, nil
}

func failure(text string) map[string]string {
	return map[string]string{"error": text}
}
