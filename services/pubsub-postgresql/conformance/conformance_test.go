// Points the conformance suite of Dapr's own components at our component, through the client daprd itself uses for
// pluggable components. What to test with comes from the environment; see run.ts.
package conformance

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	suite "github.com/dapr/components-contrib/tests/conformance/pubsub"
	"github.com/dapr/dapr/pkg/components/pubsub"
	"github.com/dapr/kit/logger"
)

// profile is one configuration of the component, and what the suite may expect of it.
type profile struct {
	Name string
	// Properties are the Component manifest's metadata.
	Properties map[string]string
	// PublishMetadata goes with every message.
	PublishMetadata map[string]string
}

func TestConformance(t *testing.T) {
	socket := os.Getenv("COMPONENT_SOCKET")
	if socket == "" {
		t.Fatal("COMPONENT_SOCKET is not set; start this by run.ts")
	}
	var profiles []profile
	if err := json.Unmarshal([]byte(os.Getenv("COMPONENT_PROFILES")), &profiles); err != nil {
		t.Fatalf("COMPONENT_PROFILES: %v", err)
	}
	for _, p := range profiles {
		t.Run(p.Name, func(t *testing.T) {
			// 'bulksubscribe' is not asked for: daprd's client for pluggable components has no such call.
			config, err := suite.NewTestConfig("postgresql", []string{"bulkpublish"}, map[string]any{
				"pubsubName":             p.Name,
				"testTopicName":          p.Name + "-topic",
				"testMultiTopic1Name":    p.Name + "-multi1",
				"testMultiTopic2Name":    p.Name + "-multi2",
				"publishMetadata":        p.PublishMetadata,
				"checkInOrderProcessing": true,
				"waitDurationToPublish":  time.Second,
				"maxReadDuration":        30 * time.Second,
			})
			if err != nil {
				t.Fatal(err)
			}
			component := pubsub.NewGRPCPubSub(logger.NewLogger("conformance"), socket)
			suite.ConformanceTests(t, p.Properties, component, config)
		})
	}
}
