// Hello is the Service of the quickstart, the tests and the benchmarks: it greets TARGET, and shows its environment.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"
	"time"
)

// version is set by the build: the images 1.0.0 and 2.0.0 differ in it alone.
var version = "1"

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	target := os.Getenv("TARGET")
	if target == "" {
		target = "World v" + version
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "Hello %s!\n", target) })
	mux.HandleFunc("/env", func(w http.ResponseWriter, _ *http.Request) {
		env := os.Environ()
		sort.Strings(env)
		fmt.Fprintln(w, strings.Join(env, "\n"))
	})
	// Holds a request open for a while: /slow?ms=500.
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		wait, err := time.ParseDuration(r.URL.Query().Get("ms") + "ms")
		if err != nil {
			http.Error(w, "ms is not a number", http.StatusBadRequest)
			return
		}
		select {
		case <-time.After(wait):
			fmt.Fprintf(w, "Hello %s, after %s!\n", target, wait)
		case <-r.Context().Done():
		}
	})
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Addr: ":" + port, Handler: mux, Protocols: &protocols}
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			log.Fatal(err)
		}
	}()
	log.Printf("hello %s on port %s", version, port)
	<-stop.Done()
	drain, done := context.WithTimeout(context.Background(), 30*time.Second)
	defer done()
	_ = server.Shutdown(drain)
}
