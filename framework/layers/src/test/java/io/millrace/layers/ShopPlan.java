package io.millrace.layers;

import static io.millrace.expression.type.ScalarType.INT32;
import static io.millrace.expression.type.ScalarType.INT64;
import static io.millrace.expression.type.ScalarType.STRING;

import io.millrace.api.RawStream;
import io.millrace.expression.AggregateExpression;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RowType;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Cast;
import io.millrace.pipeline.step.Drop;
import io.millrace.pipeline.step.Filter;
import io.millrace.pipeline.step.Keep;
import io.millrace.pipeline.step.Lookup;
import io.millrace.pipeline.step.Rename;
import io.millrace.pipeline.step.SetFields;
import io.millrace.pipeline.step.Standardise;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.Unwrap;
import io.millrace.pipeline.step.Validate;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Struct;

/** The shop pipeline's first part, as the planner would plan it. */
public final class ShopPlan {
    public static final StreamName CUSTOMERS = new StreamName("cleaned", "customers");
    public static final StreamName ORDERS = new StreamName("cleaned", "orders");
    public static final StreamName LINES = new StreamName("cleaned", "order_lines");
    public static final StreamName RICH_ORDERS = new StreamName("enriched", "orders");
    public static final StreamName RICH_LINES = new StreamName("enriched", "order_lines");
    public static final StreamName REVENUE = new StreamName("curated", "revenue_by_country");
    public static final DecimalType PRICE = new DecimalType(10, 2);
    public static final DecimalType DISCOUNT = new DecimalType(4, 2);
    public static final DecimalType MONEY = new DecimalType(38, 4);

    static final RowType CUSTOMER =
            row(required("customer_id", STRING), required("company", STRING), field("country", STRING));
    static final RowType ORDER = row(required("order_id", INT32), field("customer_id", STRING));
    static final RowType LINE = row(
            required("order_id", INT32),
            required("product_id", INT32),
            required("unit_price", PRICE),
            required("quantity", INT32),
            required("discount", DISCOUNT));
    static final RowType RICH_ORDER = row(
            required("order_id", INT32),
            field("customer_id", STRING),
            field("company", STRING),
            field("country", STRING));
    static final RowType RICH_LINE = row(
            required("order_id", INT32),
            required("product_id", INT32),
            required("unit_price", PRICE),
            required("quantity", INT32),
            required("discount", DISCOUNT),
            field("country", STRING),
            field("revenue", MONEY));
    static final RowType REVENUE_ROW = row(field("country", STRING), field("lines", INT64), field("revenue", MONEY));

    private ShopPlan() {}

    public static PipelinePlan plan() {
        return new PipelinePlan(
                "shop",
                "pipeline.yaml",
                List.of(raw("customers"), raw("orders"), raw("order_details")),
                List.of(customers(), orders(), lines(), richOrders(), richLines(), revenue()),
                List.of(),
                List.of(),
                "deadletter.shop");
    }

    private static StreamPlan customers() {
        return stream(
                CUSTOMERS,
                new StreamName("raw", "customers"),
                List.of("customer_id"),
                List.of(
                        new Unwrap("unwrap"),
                        new Rename("rename", Map.of("company_name", "company")),
                        new Standardise("standardise", Map.of("country", List.of(Standardise.Rule.TRIM))),
                        new Keep("keep", List.of("customer_id", "company", "country"))),
                CUSTOMER,
                true);
    }

    private static StreamPlan orders() {
        return stream(
                ORDERS,
                new StreamName("raw", "orders"),
                List.of("order_id"),
                List.of(
                        new Unwrap("unwrap"),
                        new Filter(
                                "filter",
                                Map.of(
                                        "not_void",
                                        TestExpression.condition("value.customer_id != 'VOID'", scope -> !"VOID"
                                                .equals(TestExpression.read(scope.value(), "customer_id")))))),
                ORDER,
                true);
    }

    private static StreamPlan lines() {
        return stream(
                LINES,
                new StreamName("raw", "order_details"),
                List.of("order_id", "product_id"),
                List.of(
                        new Unwrap("unwrap"),
                        new Cast("cast", Map.of("unit_price", PRICE, "discount", DISCOUNT)),
                        new Validate(
                                "validate",
                                Map.of(
                                        "price_positive",
                                        TestExpression.condition(
                                                "value.unit_price > 0",
                                                scope -> number(scope.value(), "unit_price")
                                                                .signum()
                                                        > 0)))),
                LINE,
                true);
    }

    private static StreamPlan richOrders() {
        return stream(
                RICH_ORDERS,
                ORDERS,
                List.of("order_id"),
                List.of(
                        new Lookup(
                                "lookup",
                                CUSTOMERS,
                                List.of(TestExpression.of("value.customer_id", STRING, scope -> {
                                    Object id = TestExpression.read(scope.value(), "customer_id");
                                    if ("BROKEN".equals(id)) {
                                        throw new EvaluationException("expression.overflow", "int overflow in '+'");
                                    }
                                    return id;
                                })),
                                "customer",
                                CUSTOMER),
                        new SetFields(
                                "set",
                                List.of(
                                        set(
                                                "company",
                                                TestExpression.of(
                                                        "...",
                                                        STRING,
                                                        scope -> orUnknown(scope.value(), "customer", "company"))),
                                        set(
                                                "country",
                                                TestExpression.of(
                                                        "...",
                                                        STRING,
                                                        scope -> orUnknown(scope.value(), "customer", "country"))))),
                        new Drop("drop", List.of("customer"))),
                RICH_ORDER,
                false);
    }

    private static StreamPlan richLines() {
        return stream(
                RICH_LINES,
                LINES,
                List.of("order_id", "product_id"),
                List.of(
                        new Lookup(
                                "lookup",
                                RICH_ORDERS,
                                List.of(TestExpression.field("order_id", INT32)),
                                "order",
                                RICH_ORDER),
                        new SetFields(
                                "set",
                                List.of(
                                        set(
                                                "country",
                                                TestExpression.of(
                                                        "...",
                                                        STRING,
                                                        scope -> orUnknown(scope.value(), "order", "country"))),
                                        set(
                                                "revenue",
                                                TestExpression.of("...", MONEY, scope -> revenue(scope.value()))))),
                        new Drop("drop", List.of("order"))),
                RICH_LINE,
                false);
    }

    private static StreamPlan revenue() {
        return stream(
                REVENUE,
                RICH_LINES,
                List.of("country"),
                List.of(new Aggregate(
                        "aggregate",
                        List.of(new Aggregate.Group("country", TestExpression.field("country", STRING))),
                        List.of(
                                new Aggregate.Aggregation(
                                        "lines",
                                        new AggregateExpression(
                                                "count()",
                                                AggregateExpression.Function.COUNT,
                                                Optional.empty(),
                                                INT64)),
                                new Aggregate.Aggregation(
                                        "revenue",
                                        new AggregateExpression(
                                                "sum(value.revenue)",
                                                AggregateExpression.Function.SUM,
                                                Optional.of(TestExpression.field("revenue", MONEY)),
                                                MONEY))))),
                REVENUE_ROW,
                false);
    }

    /** unit_price * quantity * (1 - discount), scale 4. */
    public static BigDecimal revenue(Struct line) {
        return number(line, "unit_price")
                .multiply(number(line, "quantity"))
                .multiply(BigDecimal.ONE.subtract(number(line, "discount")))
                .setScale(4);
    }

    private static BigDecimal number(Struct row, String field) {
        return new BigDecimal(TestExpression.read(row, field).toString());
    }

    private static Object orUnknown(Struct row, String struct, String field) {
        Struct other = (Struct) TestExpression.read(row, struct);
        return other == null ? "unknown" : TestExpression.read(other, field);
    }

    public static StreamPlan stream(
            StreamName name, StreamName from, List<String> key, List<Step> steps, RowType type, boolean contract) {
        return new StreamPlan(
                name,
                name.topic("shop"),
                RawStream.Kind.TABLE,
                from,
                key,
                steps,
                contract ? Optional.of(type) : Optional.empty(),
                type);
    }

    public static RawStreamPlan raw(String table) {
        StreamName name = new StreamName("raw", table);
        return new RawStreamPlan(name, name.topic("shop"), "shopdb", RawStream.Kind.TABLE, RawStream.Format.DEBEZIUM);
    }

    private static SetFields.Assignment set(String field, TestExpression expression) {
        return new SetFields.Assignment(field, expression);
    }

    static RowType row(RowType.Field... fields) {
        return new RowType(List.of(fields), false);
    }

    static RowType.Field required(String name, DataType type) {
        return new RowType.Field(name, type, true);
    }

    static RowType.Field field(String name, DataType type) {
        return new RowType.Field(name, type, false);
    }
}
