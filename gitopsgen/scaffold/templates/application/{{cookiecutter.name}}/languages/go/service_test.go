package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Stands in for Open Policy Agent, and for the service in front of it.
func started(t *testing.T) (*service, *httptest.Server, *[]question) {
	t.Helper()
	asked := &[]question{}
	policy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Input question }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		*asked = append(*asked, body.Input)
		answer := decision{Allow: body.Input.Token == "good", Reasons: []string{}}
		if !answer.Allow {
			answer.Reasons = []string{"no customer"}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"result": answer})
	}))
	t.Cleanup(policy.Close)
	under := newService(policy.URL, 2*time.Second)
	server := httptest.NewServer(under.handler())
	t.Cleanup(server.Close)
	return under, server, asked
}

func ask(t *testing.T, server *httptest.Server, method, path, body, token string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, strings.TrimSpace(string(text))
}

func TestAnOrderIsTakenIfThePolicyAllowsIt(t *testing.T) {
	_, server, asked := started(t)

	code, text := ask(t, server, "POST", "/orders", `{"amountFen": 5}`, "good")

	if code != 202 || text != `{"accepted":true}` {
		t.Errorf("got %d %s", code, text)
	}
	if len(*asked) != 1 || (*asked)[0].Path != "/orders" || string((*asked)[0].Order) != `{"amountFen":5}` {
		t.Errorf("asked %v", *asked)
	}
}

func TestAnOrderIsRefusedWithReasons(t *testing.T) {
	_, server, _ := started(t)

	code, text := ask(t, server, "POST", "/orders", "{}", "bad")

	if code != 403 || text != `{"reasons":["no customer"]}` {
		t.Errorf("got %d %s", code, text)
	}
}

func TestWithoutADecisionNothingIsTaken(t *testing.T) {
	under, server, _ := started(t)
	for _, url := range []string{"http://127.0.0.1:1/", server.URL + "/healthz"} {
		under.policyURL = url
		if code, text := ask(t, server, "POST", "/orders", "{}", "good"); code != 503 {
			t.Errorf("got %d %s from %s", code, text, url)
		}
	}
}

func TestWhatIsNoOrderIsRefusedWithoutAsking(t *testing.T) {
	_, server, asked := started(t)
	for body, wanted := range map[string]int{"{": 400, strings.Repeat("x", 70000): 413} {
		if code, _ := ask(t, server, "POST", "/orders", body, "good"); code != wanted {
			t.Errorf("got %d, wanted %d", code, wanted)
		}
	}
	if code, _ := ask(t, server, "POST", "/other", "{}", "good"); code != 404 {
		t.Errorf("got %d", code)
	}
	if len(*asked) != 0 {
		t.Errorf("asked %v", *asked)
	}
}

func TestHealthTellsWhenItStops(t *testing.T) {
	under, server, _ := started(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, _ := ask(t, server, "GET", path, "", ""); code != 200 {
			t.Errorf("got %d from %s", code, path)
		}
	}
	under.stopping.Store(true)
	if code, _ := ask(t, server, "GET", "/readyz", "", ""); code != 503 {
		t.Errorf("got %d", code)
	}
}

func TestMetricsCountRequestsAndHaveABoundAtEachObjective(t *testing.T) {
	_, server, _ := started(t)
	ask(t, server, "POST", "/orders", "{}", "good")
	ask(t, server, "POST", "/orders", "{}", "bad")

	_, text := ask(t, server, "GET", "/metrics", "", "")

	for _, line := range []string{
		`http_requests_total{code="202"} 1`, `http_requests_total{code="403"} 1`,
		`policy_decisions_total{decision="deny"} 1`, `http_request_duration_seconds_count 2`,
		`http_request_duration_seconds_bucket{le="0.02"} `, `http_request_duration_seconds_bucket{le="0.1"} `,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
}
