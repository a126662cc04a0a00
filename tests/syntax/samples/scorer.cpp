// Scores of answers, kept by task.
#include <map>
#include <string>
#include <vector>

namespace evals::grading {

/** A score between 0 and 1. */
class Scorer : public Base {
  public:
    explicit Scorer(std::string name) : name_(std::move(name)) {}
    double grade(const std::string& answer) const;
    bool operator==(const Scorer& other) const { return name_ == other.name_; }
    ~Scorer() = default;

    struct Options {
        double threshold = 0.5;
        int retries() const { return 3; }
    };

  private:
    std::string name_;
};

double Scorer::grade(const std::string& answer) const {
    static const char* pattern = R"re(^"yes" // sure)re";
    return answer == pattern ? 1.0 : 0.0;
}

template <typename T>
T clamp(T value, T low, T high) {
    auto inside = [&](T x) { return x > low && x < high; };
    return inside(value) ? value : low;
}

}  // namespace evals::grading

union Word {
    int number;
    char letters[4];
};

TEST(ScorerTest, GradesYes) {
    EXPECT_EQ(u8"one", std::to_string(1'000));
}
