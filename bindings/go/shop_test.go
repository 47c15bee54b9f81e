package inspyr_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// A store in a map. What it is told to do instead of its work comes first.
type shop struct {
	mutex    sync.Mutex
	kept     map[string][]byte
	instead  func(ctx context.Context, method string) error
	inside   int // calls that have not returned
	closed   int
	prefixes []string
	lives    []time.Duration
	wrong    []string
}

func (s *shop) enter(ctx context.Context, method string) error {
	s.mutex.Lock()
	if s.closed > 0 {
		s.wrong = append(s.wrong, method+" after Close")
	}
	s.inside++
	instead := s.instead
	s.mutex.Unlock()
	defer func() {
		s.mutex.Lock()
		s.inside--
		s.mutex.Unlock()
	}()
	if instead != nil {
		return instead(ctx, method)
	}
	return nil
}

func (s *shop) Get(ctx context.Context, name string) ([]byte, error) {
	if err := s.enter(ctx, "Get"); err != nil {
		return nil, err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.kept[name], nil
}

func (s *shop) Put(ctx context.Context, name string, sealed []byte, ttl time.Duration) error {
	if err := s.enter(ctx, "Put"); err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.kept == nil {
		s.kept = map[string][]byte{}
	}
	s.kept[name], s.lives = sealed, append(s.lives, ttl)
	return nil
}

func (s *shop) Remove(prefix string) error {
	if err := s.enter(background, "Remove"); err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.prefixes = append(s.prefixes, prefix)
	for name := range s.kept {
		if strings.HasPrefix(name, prefix) {
			delete(s.kept, name)
		}
	}
	return nil
}

func (s *shop) Close() error {
	s.mutex.Lock()
	s.closed++
	if s.inside > 0 || s.closed > 1 {
		s.wrong = append(s.wrong, fmt.Sprintf("Close number %d during %d calls", s.closed, s.inside))
	}
	s.mutex.Unlock()
	if s.instead != nil {
		return s.instead(background, "Close")
	}
	return nil
}

// ended is how the store was left.
func (s *shop) ended(t *testing.T) {
	t.Helper()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closed != 1 || s.inside != 0 || len(s.wrong) > 0 {
		t.Errorf("closed %d times, %d calls within: %v", s.closed, s.inside, s.wrong)
	}
}

func (s *shop) names() (names []string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for name := range s.kept {
		names = append(names, name)
	}
	return names
}
