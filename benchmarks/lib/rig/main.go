// Rig is both ends of the benchmarks of proxies: a small backend, and load that wrk cannot make (bodies, HTTP/2).
package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == "serve" {
		log.Fatal(serve(os.Args[2]))
	}
	load()
}

// serve answers GET / with a greeting, GET /bytes?n= with a body, POST with the number of bytes that came,
// anything of a gRPC content type as a unary call would be, and an activator's probe as a queue-proxy does.
func serve(address string) error {
	block := make([]byte, 64<<10)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/grpc")
			w.Header().Set("Trailer", "Grpc-Status")
			w.Write([]byte("\x00\x00\x00\x00\x05hello"))
			w.Header().Set("Grpc-Status", "0")
			return
		}
		if r.Method == http.MethodPost {
			n, _ := io.Copy(io.Discard, r.Body)
			fmt.Fprintln(w, n)
			return
		}
		if r.Header.Get("K-Network-Probe") == "queue" {
			io.WriteString(w, "queue")
			return
		}
		io.WriteString(w, "Hello World!\n")
	})
	mux.HandleFunc("/bytes", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		w.Header().Set("Content-Length", strconv.Itoa(n))
		for n > 0 {
			m := min(n, len(block))
			if _, err := w.Write(block[:m]); err != nil {
				return
			}
			n -= m
		}
	})
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := http.Server{Addr: address, Handler: mux, Protocols: &protocols}
	return server.ListenAndServe()
}

func load() {
	workers := flag.Int("c", 1, "requests at a time")
	seconds := flag.Float64("d", 3, "how long, in seconds")
	h2 := flag.Bool("h2c", false, "HTTP/2, all streams on one connection")
	tlsH2 := flag.Bool("h2", false, "the same over TLS, whoever the certificate is of")
	grpc := flag.Bool("grpc", false, "unary calls")
	size := flag.Int("upload", 0, "bytes of a request's body; 0 sends GET")
	pause := flag.Duration("pause", 0, "between two requests of a worker")
	host := flag.String("host", "", "Host header, when it is not the address")
	flag.Parse()
	url := flag.Arg(0)

	var protocols http.Protocols
	if *h2 {
		protocols.SetUnencryptedHTTP2(true)
	} else if *tlsH2 {
		protocols.SetHTTP2(true)
	} else {
		protocols.SetHTTP1(true)
	}
	client := http.Client{Transport: &http.Transport{Protocols: &protocols, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: *workers, DisableCompression: true}}
	body := make([]byte, *size)
	if *grpc {
		body = []byte("\x00\x00\x00\x00\x05world")
	}
	end := time.Now().Add(time.Duration(*seconds * float64(time.Second)))
	var mu sync.Mutex
	var all []time.Duration
	failed := 0
	began := time.Now()
	var wait sync.WaitGroup
	for range *workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			var mine []time.Duration
			bad := 0
			for time.Now().Before(end) {
				start := time.Now()
				if !once(&client, url, *host, body, *grpc) {
					bad++
				}
				mine = append(mine, time.Since(start))
				time.Sleep(*pause)
			}
			mu.Lock()
			all = append(all, mine...)
			failed += bad
			mu.Unlock()
		}()
	}
	wait.Wait()
	took := time.Since(began)
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	at := func(p int) int64 { return all[(len(all)-1)*p/100].Microseconds() }
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"requests": len(all), "duration_us": took.Microseconds(), "p50_us": at(50), "p99_us": at(99), "failed": failed,
	})
}

func once(client *http.Client, url, host string, body []byte, grpc bool) bool {
	method := http.MethodGet
	var content io.Reader
	if len(body) > 0 {
		method, content = http.MethodPost, bytes.NewReader(body)
	}
	req, _ := http.NewRequest(method, url, content)
	req.Host = host
	if grpc {
		req.Header.Set("Content-Type", "application/grpc")
		req.Header.Set("TE", "trailers")
	}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return err == nil && res.StatusCode == 200 && (!grpc || res.Trailer.Get("Grpc-Status") == "0")
}
