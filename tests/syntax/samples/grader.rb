#!/usr/bin/env ruby
# frozen_string_literal: true

require "json"

=begin
Grades answers; this block says how,
and "nothing" in it is a string.
=end
module Evals
  class Grader < Base
    KEYS = %w[yes no].freeze

    attr_reader :name

    def initialize(name)
      @name = name # as it was given
    end

    def grade(answer)
      return 1.0 if answer =~ /\A#{name}\z/

      puts <<~REPORT
        graded #{answer.strip} as wrong
        # not a comment
      REPORT
      0.0
    end

    def self.load(path)
      JSON.parse(File.read(path), symbolize_names: true)
    end
  end

  Point = Struct.new(:x, :y)
end

RSpec.describe Evals::Grader do
  it "grades the key" do
    expect(described_class.new('yes').grade("yes")).to eq(1.0)
  end
end
