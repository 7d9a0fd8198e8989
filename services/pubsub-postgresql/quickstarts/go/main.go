// Publishes one order through Dapr, and prints every order that it gets.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

var pubsub = cmp.Or(os.Getenv("PUBSUB_NAME"), "pubsub")

type order struct {
	ID   int64  `json:"id"`
	From string `json:"from"`
}

func main() {
	http.HandleFunc("/dapr/subscribe", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("content-type", "application/json")
		fmt.Fprintf(w, `[{"pubsubname": %q, "topic": "orders", "route": "/orders"}]`, pubsub)
	})
	http.HandleFunc("/orders", func(w http.ResponseWriter, r *http.Request) {
		var event struct{ Data order }
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Printf("got order %d from %s\n", event.Data.ID, event.Data.From)
	})
	go publish(order{time.Now().UnixMilli(), "go"})
	fmt.Println(http.ListenAndServe("0.0.0.0:"+cmp.Or(os.Getenv("APP_PORT"), "6003"), nil))
}

func publish(o order) {
	url := "http://127.0.0.1:" + cmp.Or(os.Getenv("DAPR_HTTP_PORT"), "3500") + "/v1.0/publish/" + pubsub + "/orders"
	body, _ := json.Marshal(o)
	for {
		answer, err := http.Post(url, "application/json", bytes.NewReader(body))
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode < 300 {
				fmt.Println("published order", o.ID)
				return
			}
		}
		time.Sleep(time.Second) // Dapr is not ready yet
	}
}
