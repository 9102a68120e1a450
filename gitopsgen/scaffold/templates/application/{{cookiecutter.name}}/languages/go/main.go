// Takes orders that a policy allows. Standard library only.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		slog.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func run() error {
	timeout, err := strconv.Atoi(variable("POLICY_TIMEOUT_MS", "50"))
	if err != nil {
		return err
	}
	service := newService(
		variable("POLICY_URL", "http://127.0.0.1:8181/v1/data/service/authz/decision"),
		time.Duration(timeout)*time.Millisecond,
	)
	server := &http.Server{
		Addr:              variable("LISTEN_ADDRESS", "0.0.0.0:8080"),
		Handler:           service.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       time.Minute,
	}
	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go func() {
		<-stopped.Done()
		service.stopping.Store(true)
		ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = server.Shutdown(ending)
	}()
	slog.Info("listening", "address", server.Addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func variable(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
