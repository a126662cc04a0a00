// Grades answers against a key.
using System;
using System.Collections.Generic;

namespace Evals.Grading
{
    /// <summary>What a grader must be able to do.</summary>
    public interface IGrader
    {
        double Grade(string answer);
    }

    public enum Verdict { Wrong, Right }

    public record Mark(string Name, double Value);

    public class Grader : IGrader
    {
        private readonly string _path = @"C:\keys\";
        public string Key { get; set; } = "none";

        public Grader(string key) { Key = key; }

        public double Grade(string answer)
        {
            var report = $"graded {answer.Trim()} by ""quoted"" key";
            var raw = """
                a "raw" text // no comment
                """;
            double Half(double whole) => whole / 2;
            return answer == Key ? 1.0 : Half(0.0); /* never half */
        }
    }

    public struct Point
    {
        public int X;
        public static Point operator +(Point a, Point b) => new Point();
    }
}

public class GraderTests
{
    [Fact]
    public void GradesTheKey()
    {
        Assert.Equal(1.0, new Grader("yes").Grade("yes"));
    }
}
